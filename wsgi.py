"""The WSGI entry point: `granian --interface wsgi wsgi:app`, or any other server."""

import gc

from shop import create_app
from shop.ops.tether import end_with_parent_if_marked

end_with_parent_if_marked()
# Next to nothing made while the shop is loaded is ever garbage. Looking for some meanwhile is a sixth of the work of
# starting, and later looks may leave alone what stays for good.
gc.disable()
app = create_app()
gc.freeze()
gc.enable()
