"""The WSGI entry point: `granian --interface wsgi wsgi:app`, or any other server."""

from shop import create_app

app = create_app()
