# Tor for compose.yaml, put in when it is built: an onion service then comes back also where Debian's servers cannot be reached.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends tor && rm -rf /var/lib/apt/lists/*
COPY --chmod=644 deploy/torrc.compose /etc/tor/quietline
USER debian-tor
VOLUME /var/lib/tor
CMD ["tor", "-f", "/etc/tor/quietline"]
