# PostgreSQL for the tests and the demo: trusts everybody, so it is for throw-away data only. Declares no volume: its data
# lies in the container's own layers.
ARG BASE
FROM ${BASE}
COPY entrypoint.sh /usr/local/bin/postgres-entrypoint
RUN chmod 755 /usr/local/bin/postgres-entrypoint \
 && ln -s "$(ls -d /usr/lib/postgresql/*)" /usr/lib/postgresql/current \
 && install -d -o postgres -g postgres -m 700 /var/lib/postgresql/data \
 && install -d -o postgres -g postgres -m 2775 /var/run/postgresql
ENV PATH=/usr/lib/postgresql/current/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PGDATA=/var/lib/postgresql/data PGUSER=postgres
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["postgres-entrypoint"]
CMD ["postgres"]
