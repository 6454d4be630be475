# SPDX-License-Identifier: GPL-3.0-or-later
# bun run build && docker build -t pichat .
# For a Pi from another machine: bun run build:pi && docker build --platform linux/arm64 --build-arg EXECUTABLE=dist/pichat-linux-arm64 -t pichat .

# A small glibc base for amd64 and arm64. Any other works: --build-arg BASE=… (a distroless one has no shell for whoever gets in).
ARG BASE=debian:bookworm-slim
FROM ${BASE}

ARG EXECUTABLE=dist/pichat
COPY --chmod=755 ${EXECUTABLE} /opt/pichat/pichat
# An empty folder (.dockerignore leaves its .gitkeep out) that gives the volume its owner without a shell.
COPY --chown=65532:65532 --chmod=700 cuarentena/ /data/

# By number: the base needs no such user.
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
