#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Boots a Debian with PiChat installed as a service: boot.sh <debian tree> <executable> <folder of the units>
# Runs in a mount namespace of its own (unshare --mount): everything it changes lies in memory and is gone when it ends.
set -eu
mount -t tmpfs -o size=1g tmpfs /run
mkdir /run/changes /run/work /run/box
mount -t overlay overlay -o "lowerdir=$1,upperdir=/run/changes,workdir=/run/work" /run/box
install -D -m 755 "$2" /run/box/opt/pichat/pichat
install -m 644 "$3/pichat.service" /run/box/etc/systemd/system/pichat.service
install -m 644 "$3/pichat.sysusers.conf" /run/box/usr/lib/sysusers.d/pichat.conf
# A watchdog that bites after two seconds instead of thirty; everything else is the unit as it ships.
install -d /run/box/etc/systemd/system/pichat.service.d
printf '[Service]\nWatchdogSec=2\n' > /run/box/etc/systemd/system/pichat.service.d/impatient.conf
chroot /run/box systemd-sysusers
chroot /run/box systemctl --quiet enable pichat
exec systemd-nspawn --quiet --boot --directory=/run/box --machine=pichat-test --register=no --keep-unit --private-network --console=pipe
