#!/bin/sh
# Written by `quietline install-service`: what is asked of the house that the service runs, as the user that it runs as.
umask 077
exec runuser -u quietline -- env NODE_ENV=production QUIETLINE_HOME=/var/lib/quietline @NODE@ @ROOT@/dist/cli.js "$@"
