# SPDX-License-Identifier: GPL-3.0-or-later
# bun run build && docker build -t pichat .
# For a Pi from another machine: bun run build:pi && docker build --platform linux/arm64 --build-arg EXECUTABLE=dist/pichat-linux-arm64 -t pichat .

# glibc, libgcc and nothing else: no shell, no package manager, nothing to start for whoever gets in. 25 MB, amd64 and arm64, pulled
# without an account. debian:bookworm-slim works as well (--build-arg BASE=…).
ARG BASE=gcr.io/distroless/cc-debian12
FROM ${BASE}

ARG EXECUTABLE=dist/pichat
COPY --chmod=755 ${EXECUTABLE} /opt/pichat/pichat
# An empty folder (.dockerignore leaves its .gitkeep out) that gives the volume its owner: there is no shell here to run chown.
COPY --chown=65532:65532 --chmod=700 cuarentena/ /data/

# Distroless calls it nonroot; by number, so that other bases need no such user.
USER 65532:65532
WORKDIR /data
ENV NODE_ENV=production PICHAT_DATA=/data PICHAT_HOST=0.0.0.0
VOLUME /data
EXPOSE 8000
# The executable asks itself: there is no curl in the image. It knows PICHAT_PORT as the service does.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["/opt/pichat/pichat", "status"]
# SIGTERM: it says goodbye to every browser, finishes what it accepted and leaves one complete database.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/pichat/pichat"]
CMD ["serve"]
