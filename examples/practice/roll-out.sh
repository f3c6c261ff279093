#!/bin/sh
# Four steps, each after the one before, into the directory $1. The third needs a directory that nobody made: exit 7.
set -eu
echo 'printer=a6' > "$1/label-printer.conf" && echo '1/4 label printer'
echo 'zone1=490' > "$1/parcel-rates.conf" && echo '2/4 parcel rates'
cd "$1/carriers" || exit 7
echo 'carrier=snail' > login.conf && echo '3/4 carrier login'
echo 'dispatch=on' > ../dispatch.conf && echo '4/4 dispatch'
