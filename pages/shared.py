"""A link or file that somebody shared: the recorded answer at its pace, and the same recipe run here."""

from lib.ui.share import carry, opened, view
from lib.ui.start import backend

carry.go_where_asked()
view.show(opened.opened(), backend())
