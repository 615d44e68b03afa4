"""Database, broker, cache, jobs, mail and SMS."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

from catalogue.kernel.roles import session_options
from fulfilment.jobs.schedule import SCHEDULE
from storefront.demo.services import addresses

from .environment import DATA_DIR, SHOP_ENV, env, refuse

DATABASE_ROLE = env.str("SHOP_DATABASE_ROLE", default="app")  # "owner" only for migrate and the like
refuse(
    "DATABASE_URL" not in env.ENVIRON, "Production needs DATABASE_URL; the embedded servers are for the demonstration."
)
refuse("REDIS_URL" not in env.ENVIRON, "Production needs REDIS_URL; the embedded servers are for the demonstration.")

if DATABASE_ROLE == "owner" and "DATABASE_URL" in env.ENVIRON and "DATABASE_OWNER_URL" not in env.ENVIRON:
    raise ImproperlyConfigured(
        "DATABASE_URL is set and DATABASE_OWNER_URL is not: this command changes tables, and connects as their owner."
    )

EMBEDDED = addresses(DATA_DIR)
DATABASE_URL = env.str("DATABASE_URL", default=EMBEDDED.database_url)
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", default=EMBEDDED.database_owner_url)
REDIS_URL = env.str("REDIS_URL", default=EMBEDDED.redis_url)


def database(role: str) -> dict[str, Any]:
    """Connection settings of a role; the application's also carries its process's time limits."""
    if role == "owner":
        return env.db_url_config(DATABASE_OWNER_URL)
    config = env.db_url_config(DATABASE_URL)
    limits = session_options(env.str("SHOP_PROCESS", default=""))  # "web", "worker", or none for a command
    return {**config, "OPTIONS": {**config.get("OPTIONS", {}), **({"options": limits} if limits else {})}}


OWNER_DATABASE = database("owner")
DATABASES = {
    "default": {
        **database(DATABASE_ROLE),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}


def redis_database(url: str, number: int) -> str:
    """Give the same server's address with another database number."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return f"{parts.scheme}://{parts.netloc}/{number}"


def celery_url(url: str) -> str:
    """Write a Redis address the way Celery's transport reads it."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"redis+socket://{parts.path}?virtual_host={parse_qs(parts.query).get('db', ['0'])[0]}"
    return url


CACHE_URL = env.str("CACHE_URL", default=redis_database(REDIS_URL, 1))
CACHES = {
    "default": {
        "BACKEND": "storefront.customer.limits.Limits",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": SHOP_ENV,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    },
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "TIMEOUT": 60},
}
# "default" is shared (limits on guessing); pages keep reference data in "local", so that they live without Redis.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"

# Celery: the database keeps the jobs, the broker only rings (docs/decisions, fulfilment/jobs)
CELERY_BROKER_URL = celery_url(REDIS_URL)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_POOL_LIMIT = 4
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1800,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = [Queue(name) for name in ("money", "default", "mail", "bulk")]
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULER = "fulfilment.jobs.beat:RowScheduler"
JOBS_CELERY_APP = "storefront.celery.app"
"""What the relay publishes with; fulfilment knows it only by this name."""

# Mail and SMS leave only through storefront.notifications
EMAIL_BACKEND = {
    "production": "django.core.mail.backends.smtp.EmailBackend",
    "demo": "storefront.demo.boxes.MailBox",
    "test": "django.core.mail.backends.locmem.EmailBackend",
}[SHOP_ENV]
if "EMAIL_URL" in env.ENVIRON:
    vars().update(env.email_url("EMAIL_URL"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Bilad Al Khair <shop@biladalkhair.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SMS_GATEWAY = env.str(
    "SMS_GATEWAY",
    default="storefront.demo.boxes.SmsBox" if SHOP_ENV == "demo" else "storefront.notifications.gateways.MemorySms",
)
SMS_FILE = DATA_DIR / "sms.jsonl"
"""Where the demonstration's SMS end, one line of JSON each."""
refuse(
    SMS_GATEWAY
    in {
        "storefront.demo.boxes.SmsBox",
        "storefront.notifications.gateways.FileSms",
        "storefront.notifications.gateways.MemorySms",
    },
    "Production needs SMS_GATEWAY: the dotted path of the class that sends an SMS.",
)
