"""Runs migrations on the connection store.database hands over, or on alembic.ini's address."""

from alembic import context
from sqlalchemy import Connection, create_engine

from store import address_schema, alert_schema, pace_schema, promise_schema, schema, story_schema
from store.columns import Base

# Importing them is what makes their tables known to Base.
TABLES = (schema, alert_schema, story_schema, pace_schema, address_schema, promise_schema)


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    url = context.config.get_main_option("sqlalchemy.url")
    assert url, "set sqlalchemy.url in alembic.ini"
    with create_engine(url).begin() as opened:
        run(opened)
