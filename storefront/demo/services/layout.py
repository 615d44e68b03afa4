"""Where the embedded servers live, and how to reach them. Reads paths and files; starts nothing."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

DATABASE = "shop"
ROLES = {"app": "shop_app", "owner": "shop_owner"}
Role = Literal["app", "owner"]

# sockaddr_un holds 107 bytes; the longest name we put in the folder is "/.s.PGSQL.5432".
_LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")


class ServiceError(Exception):
    """One line that tells the person what to do."""


@dataclass(frozen=True)
class Layout:
    """The files of one pair of servers, all under one folder."""

    data_dir: Path

    @classmethod
    def at(cls, data_dir: str | os.PathLike[str]) -> "Layout":
        return cls(Path(data_dir).expanduser().resolve())

    @property
    def cluster(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def cluster_log(self) -> Path:
        return self.data_dir / "postgres.log"

    @property
    def valkey(self) -> Path:
        return self.data_dir / "valkey"

    @property
    def valkey_log(self) -> Path:
        return self.data_dir / "valkey.log"

    @property
    def lock(self) -> Path:
        return self.data_dir / "services.lock"

    @property
    def sockets(self) -> Path:
        """The folder of both sockets: a short one in /tmp when ours is too deep for a socket.

        A comma would make libpq read the path as two hosts.
        """
        here = self.data_dir / "run"
        if len(os.fsencode(here)) <= _LONGEST_SOCKET_FOLDER and "," not in str(here):
            return here
        name = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path("/tmp") / f"bilad-{os.geteuid()}-{name}"  # noqa: S108 (closed to others, checked in make_folders)

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    def password_file(self, role: Role) -> Path:
        return self.data_dir / "secrets" / role

    def password(self, role: Role) -> str:
        """The role's password, or nothing before the first start."""
        try:
            return self.password_file(role).read_text().strip()
        except OSError:
            return ""

    def make_folders(self) -> None:
        """Create what is missing, closed to everybody else."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        for folder in (self.sockets, self.valkey, self.data_dir / "secrets"):
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
            if folder.is_symlink() or found.st_uid != os.geteuid():
                # Only the short folder stands where others can write: do not walk into theirs.
                raise ServiceError(f"{folder} belongs to someone else: choose another DATA_DIR.")
            folder.chmod(0o700)

    def make_passwords(self) -> None:
        for role in ROLES:
            path = self.password_file(role)  # type: ignore[arg-type]
            if path.exists() and path.read_text().strip():
                continue
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(24))
                file.flush()
                os.fsync(file.fileno())


@dataclass(frozen=True)
class Addresses:
    """How to reach the servers of one data folder."""

    database_url: str
    database_owner_url: str
    redis_url: str
    layout: Layout

    def database(self, role: Role = "app", name: str = DATABASE) -> dict[str, str]:
        """One entry of Django's DATABASES."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": ROLES[role],
            "PASSWORD": self.layout.password(role),
            "HOST": str(self.layout.sockets),
            "PORT": "",
        }

    def redis(self, number: int = 0) -> str:
        """The form redis-py and Django's cache read."""
        return f"unix://{quote(str(self.layout.valkey_socket))}?db={number}"

    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": self.database_owner_url,
            "REDIS_URL": self.redis_url,
        }


def addresses(data_dir: str | os.PathLike[str]) -> Addresses:
    """Say where the servers of this folder answer, whether they run or not."""
    layout = Layout.at(data_dir)

    def url(role: Role) -> str:
        return f"postgres://{ROLES[role]}:{layout.password(role)}@/{DATABASE}?host={quote(str(layout.sockets))}"

    return Addresses(
        database_url=url("app"),
        database_owner_url=url("owner"),
        redis_url=f"unix://{quote(str(layout.valkey_socket))}?db=0",
        layout=layout,
    )
