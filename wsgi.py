"""The WSGI entry point: `granian --interface wsgi wsgi:app`, or any other server."""

from shop import create_app
from shop.ops.tether import end_with_parent_if_marked

end_with_parent_if_marked()
app = create_app()
