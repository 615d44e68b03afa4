"""Small drawings that stand beside words: lines on a 24 by 24 grid, in the colour of the text."""

ICONS = {
    "back": '<path d="m14.5 5-7 7 7 7"/>',
    "basket": '<path d="M3 9h18l-2 10.500H5zM8 9l3-6M16 9l-3-6M9 13v3M12 13v3M15 13v3"/>',
    "box": '<path d="m12 3 8 4.200v9.600L12 21l-8-4.200V7.200zM4 7.200l8 4.3 8-4.300M12 11.500V21M8 5l8 4.3"/>',
    "calendar": '<path d="M4 6h16v14H4zM4 10.500h16M8 3v4M16 3v4"/>',
    "card": '<path d="M3 6h18v12H3zM3 10h18M6.5 14.500H11"/>',
    "cash": '<path d="M2.5 6.500h19v11h-19zM6 6.500c0 2-1.5 3.5-3.5 3.500M18 6.500c0 2 1.5 3.5 3.5 3.5'
    'M6 17.500c0-2-1.5-3.5-3.5-3.500M18 17.500c0-2 1.5-3.5 3.5-3.5"/><circle cx="12" cy="12" r="2.5"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "count": '<path d="M5 4h14v16H5zM8.5 8h7M8.5 12h2M13.5 12h2M8.5 16h2M13.5 16h2"/>',
    "forward": '<path d="m9.5 5 7 7-7 7"/>',
    "globe": '<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c5.5 6 5.5 12 0 18M12 3c-5.5 6-5.5 12 0 18"/>',
    "hands": '<path d="M12 20c-6-3.5-9-7-9-11 0-3 2-5 4.5-5C9.5 4 11 5 12 7c1-2 2.5-3 4.5-3C19 4 21 6 21 9'
    'c0 4-3 7.5-9 11zM8 12l2.5 2.500L16 9"/>',
    "home": '<path d="m3 11 9-7.5 9 7.500M6 9v11h12V9M10 20v-6h4v6"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7.200v.1"/>',
    "leaf": '<path d="M5 19C4 10 9 4.5 20 4c.5 11-5 16-13.5 14.500M5 20c2-5 5-8 9.5-10"/>',
    "lock": '<path d="M5 11h14v9H5zM8 11V8c0-2.5 1.6-4.5 4-4.500S16 5.5 16 8v3M12 14.500v2"/>',
    "mail": '<path d="M3 6h18v12H3zM3.5 6.5 12 13l8.5-6.5"/>',
    "menu": '<path d="M4 6.500h16M4 12h16M4 17.500h16"/>',
    "person": '<path d="M4 20c1-4 4.2-6 8-6s7 2 8 6"/><circle cx="12" cy="8" r="4"/>',
    "phone": '<path d="M7 3h10v18H7zM10.5 18h3"/>',
    "pin": '<path d="M12 21c-4.7-5-7-8.5-7-11.500C5 5.5 8 3 12 3s7 2.5 7 6.500c0 3-2.3 6.5-7 11.500z"/>'
    '<circle cx="12" cy="9.5" r="2.5"/>',
    "print": '<path d="M7 9V3.500h10V9M7 17H4V9h16v8h-3M7 14h10v6.500H7z"/>',
    "return": '<path d="M9 4.500 4 9.500l5 5M4 9.500h10.500c3.3 0 5.5 2.2 5.5 5s-2.2 5-5.5 5H8"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "star": '<path d="m12 2.5 2.8 2.800h3.900v3.900l2.8 2.8-2.8 2.800v3.900h-3.900L12 21.500l-2.8-2.800H5.300v-3.9'
    'L2.5 12l2.8-2.800V5.300h3.900zM12 8v8M8 12h8M9.2 9.200l5.6 5.600M14.8 9.200l-5.6 5.6"/>',
    "tick": '<path d="m4.5 12.5 5 5L19.5 7"/>',
    "truck": '<path d="M2.5 6h11v11h-11zM13.5 10h4.500l3.5 3.500V17h-8z"/><circle cx="7" cy="18" r="2"/>'
    '<circle cx="17" cy="18" r="2"/>',
    "wallet": '<path d="M4 7h16v13H4zM4 7l11-3.500V7M20 11h-5v5h5"/>',
    "warning": '<path d="M12 3.5 22 20.500H2zM12 10v5M12 17.700v.1"/>',
}

TURNING = {"back", "forward", "return", "truck"}
"""Icons that point along the line of reading, and so turn round in Arabic."""


def svg(name: str) -> str:
    """Return an icon as inline SVG, hidden from screen readers: the words beside it speak."""
    turn = " icon--turn" if name in TURNING else ""
    return f'<svg class="icon{turn}" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">{ICONS[name]}</svg>'
