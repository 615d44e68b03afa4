"""Oscar's migrations run from Oscar's own folder; ours stand in this one and are numbered after them."""

import oscar.apps.shipping.migrations as upstream

__path__.extend(upstream.__path__)
