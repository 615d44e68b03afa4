"""Orders paid at the door: asked for once more before anything is prepared, and refused to who keeps refusing."""
