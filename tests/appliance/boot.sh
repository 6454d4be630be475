#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Boots a Debian with PiChat installed as a service: boot.sh <debian tree> <executable> <folder of the units> <what the unit is tried with>
# Runs in a mount namespace of its own (unshare --mount): everything it changes lies in memory and is gone when it ends.
set -eu
mount -t tmpfs -o size=1g tmpfs /run
mkdir /run/changes /run/work /run/box
mount -t overlay overlay -o "lowerdir=$1,upperdir=/run/changes,workdir=/run/work" /run/box
install -D -m 755 "$2" /run/box/opt/pichat/pichat
install -m 644 "$3/pichat.service" /run/box/etc/systemd/system/pichat.service
install -m 644 "$3/pichat.sysusers.conf" /run/box/usr/lib/sysusers.d/pichat.conf
install -d -m 755 /run/box/etc/pichat
echo PICHAT_DISCOVERY_EVERY=1s > /run/box/etc/pichat/pichat.env
chmod 600 /run/box/etc/pichat/pichat.env
# A watchdog that bites after two seconds instead of thirty; everything else is the unit as it ships.
install -d /run/box/etc/systemd/system/pichat.service.d
printf '[Service]\nWatchdogSec=2\n' > /run/box/etc/systemd/system/pichat.service.d/impatient.conf
# The same unit with somebody else in it.
install -m 644 "$3/pichat.service" /run/box/etc/systemd/system/confined.service
install -m 644 "$4" /run/box/opt/pichat/confined.ts
install -d /run/box/etc/systemd/system/confined.service.d
cat > /run/box/etc/systemd/system/confined.service.d/tried.conf <<'UNIT'
[Service]
Type=oneshot
Restart=no
WatchdogSec=0
Environment=BUN_BE_BUN=1
ExecStart=
ExecStart=/opt/pichat/pichat /opt/pichat/confined.ts 203.0.113.5 192.168.77.5 9
UNIT
chroot /run/box systemd-sysusers
chroot /run/box systemctl --quiet enable pichat
# The kernel's address filter (IPAddressDeny) is a program that systemd loads: it needs the one hierarchy of cgroups, and nspawn refuses
# the call unless it is asked not to.
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
exec systemd-nspawn --quiet --boot --directory=/run/box --machine=pichat-test --register=no --keep-unit --private-network \
  --system-call-filter=bpf --console=pipe
