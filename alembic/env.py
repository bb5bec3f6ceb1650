"""Runs migrations on the connection store.database hands over, or on alembic.ini's address."""

from alembic import context
from sqlalchemy import Connection, create_engine

from store.schema import Base


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
