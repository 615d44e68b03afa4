# The demonstration in one container: `make demo`, with its own PostgreSQL and Valkey. Not for production: see deploy/README.md.
FROM python:3.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
RUN apt-get update \
    && apt-get install -y --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home shop \
    && mkdir /data /home/shop/app \
    && chown shop:shop /data /home/shop/app
USER shop
WORKDIR /home/shop/app
COPY --chown=shop:shop Makefile ./
COPY --chown=shop:shop requirements requirements
RUN make runtime
COPY --chown=shop:shop . .
ENV DATA_DIR=/data PORT=8000
VOLUME /data
CMD ["make", "demo"]
