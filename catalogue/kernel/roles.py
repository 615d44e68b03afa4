"""The two database roles: the owner changes tables, the application only works with their rows.

A break-in through a page then finds a role that cannot drop a table, disable a trigger or read another
database; and the rules that live in triggers hold against our own code too.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.db import connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TIMEOUTS: Mapping[str, Mapping[str, str]] = {
    "web": {
        "statement_timeout": "10s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "15s",
        "transaction_timeout": "60s",
    },
    "worker": {
        "statement_timeout": "60s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "60s",
    },
}


class ExcessRights(Exception):
    def __init__(self, role: str, what: str) -> None:
        self.role = role
        super().__init__(
            f"The shop does not start: DATABASE_URL connects as {role}, which {what}. Use the application's role."
        )


class WrongRole(Exception):
    def __init__(self, role: str) -> None:
        self.role = role
        super().__init__(f"Tables are made by the owner, not by the application's role {role}: set DATABASE_OWNER_URL.")


def session_options(process: str) -> str:
    """Write the time limits of a kind of process as libpq's ``options``; nothing for commands run by hand."""
    return " ".join(f"-c {name}={value}" for name, value in TIMEOUTS.get(process, {}).items())


def application_role() -> str:
    return unquote(urlsplit(settings.DATABASE_URL).username or "")


def grant_application_role(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Give the application's role its rights on every table to come; receives ``pre_migrate``.

    Default privileges belong to the role that makes the table, so this runs as the owner, before the first table.
    """
    if sender.label != "kernel" or connections[using].vendor != "postgresql":
        return  # the signal comes once for every app
    application = application_role()
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        current, database = cursor.fetchone()
        if current == application:
            raise WrongRole(application)
        quote = connections[using].ops.quote_name
        role, owner = quote(application), quote(current)
        for statement in (
            f"REVOKE ALL ON DATABASE {quote(database)} FROM PUBLIC",
            f"GRANT CONNECT ON DATABASE {quote(database)} TO {role}",
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            f"GRANT USAGE ON SCHEMA public TO {role}",
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
            f" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
        ):
            cursor.execute(statement)


def revoke_from_application(editor: BaseDatabaseSchemaEditor, tables: Iterable[str], *, but: str) -> None:
    """Leave the application's role ``but`` these rights on tables that are only ever added to; for migrations."""
    if editor.connection.vendor != "postgresql":
        return
    role = editor.quote_name(application_role())
    for table in map(editor.quote_name, tables):
        editor.execute(f"REVOKE ALL ON {table} FROM PUBLIC, {role}")
        editor.execute(f"GRANT {but} ON {table} TO {role}")


def only_added_to(forbidden: Mapping[str, Iterable[str]], triggers: Iterable[str]) -> Iterator[object]:
    """Yield each right (table, right) that the application's role has though it is forbidden, and each missing trigger.

    For invariants of tables that keep what was written: ``forbidden`` says by table what nobody may do to its rows.
    """
    asked = [(table, right) for table, rights in forbidden.items() for right in rights]
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT t, r FROM unnest(%s::text[], %s::text[]) AS asked(t, r) WHERE has_table_privilege(%s, t, r)",
            [*map(list, zip(*asked, strict=True)), application_role()],
        )
        yield from cursor.fetchall()
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O' AND tgrelid = ANY (%s::text[]::regclass[])",
            [list(forbidden)],
        )
        yield from set(triggers) - {name for (name,) in cursor.fetchall()}


def refuse_excess_rights(using: str = "default") -> None:
    """Stop a web or worker process that could do more than work with rows. Leaves no connection to be forked."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            """
            SELECT current_user, role.rolsuper, role.rolcreaterole OR role.rolcreatedb OR role.rolbypassrls,
                   pg_has_role(current_user, base.datdba, 'MEMBER')
                   OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = role.oid)
            FROM pg_roles AS role, pg_database AS base
            WHERE role.rolname = current_user AND base.datname = current_database()
            """
        )
        role, is_superuser, may_create, owns = cursor.fetchone()
    if not connections[using].in_atomic_block:
        connections[using].close()
    if is_superuser:
        raise ExcessRights(role, "is a superuser")
    if may_create:
        raise ExcessRights(role, "may create databases or roles")
    if owns:
        raise ExcessRights(role, "owns the tables")
