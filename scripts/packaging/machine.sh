# shellcheck shell=bash
# A whole machine: Debian's kernel, systemd as its first process, a disk; the package is installed on it, and counts at a
# webcam. Needs ui.sh, here, PACKAGES, OUT, VERSION and try.sh; root. Meant to be sourced.

MACHINE=$PACKAGES/machine
# What the machine has beside Debian's base: the kernel with its modules, who runs commands, cables over the network.
MACHINE_PACKAGES=systemd-sysv,udev,dbus,initramfs-tools,linux-image-$ARCHITECTURE,qemu-guest-agent,iproute2,kmod,usbip

# try_machine: installs the package on a fresh disk, and goes through what scripts/packaging/machine/trial.py has.
try_machine() {
    ((EUID == 0)) || fail "making a disk wants root"
    [[ -e $(deb_file "$VERSION") ]] || fail "there is no $(deb_file "$VERSION")" "make it with:  scripts/package"
    scripts/setup --only package
    emulator
    mkdir -p "$MACHINE"
    pictures
    disk
    "$FOOTFALL_CACHE/dev/bin/python" "$here/packaging/machine/trial.py" "$MACHINE" "$TRY/pictures" "$VERSION"
}

# emulator: QEMU for this kind of processor.
emulator() {
    local -a packages
    local name=qemu-system-arm
    if [[ $ARCHITECTURE == amd64 ]]; then name=qemu-system-x86; fi
    mapfile -t packages < <(not_installed "$name")
    install_packages "${packages[@]}"
}

# disk: a disk with Debian, and on it the package and what it needs, as a machine has it that was online a moment ago.
disk() {
    local base=$MACHINE/base.tar root=$MACHINE/root
    if [[ ! -e $base ]]; then
        retry run_shown "Debian with a kernel" "$MACHINE" 0 mmdebstrap --variant=minbase \
            --include="$MACHINE_PACKAGES" "$RELEASE" "$base.partial" http://deb.debian.org/debian --format=tar ||
            fail "no Debian could be made for the machine"
        mv "$base.partial" "$base"
    fi
    run_shown "its disk" "$MACHINE" 0 make_disk "$base" "$root" || fail "the machine's disk could not be made"
}

# make_disk BASE ROOT: all that is on it, and the kernel beside it. (Each step with the next: whoever asks how this ends
# keeps the shell from ending at the first that fails.)
make_disk() {
    local base=$1 root=$2
    rm -rf "$root" "$MACHINE/disk"
    mkdir -p "$root"
    tar -C "$root" -xf "$base" && mkdir -p "$root$TRIAL" &&
        cp "$(deb_file "$VERSION")" "$root$TRIAL/footfall.deb" && cp /etc/resolv.conf "$root/etc/resolv.conf" &&
        chroot "$root" apt-get -q update &&
        chroot "$root" apt-get -q -y install --no-install-recommends --download-only "$TRIAL/footfall.deb" &&
        make_clip "$root" && make_rig "$root" &&
        cp "$root"/boot/vmlinuz-* "$MACHINE/kernel" && cp "$root"/boot/initrd.img-* "$MACHINE/initrd" &&
        mke2fs -q -t ext4 -d "$root" "$MACHINE/disk" 4G && rm -rf "$root"
}

# make_clip ROOT: what the webcam films, as one file, without the first picture: that one goes for opening a camera.
make_clip() {
    find "$TRY/pictures" -name '*.jpg' -print0 | sort -z | tail -z -n +2 | xargs -0 cat >"$1$TRIAL/clip.mjpeg"
}

# make_rig ROOT: the network, and what holds the webcam's cable.
make_rig() {
    local units=$1/etc/systemd/system
    printf '[Match]\nName=en* eth*\n[Network]\nDHCP=yes\n' >"$1/etc/systemd/network/all.network" &&
        printf '/dev/vda / ext4 rw 0 1\n' >"$1/etc/fstab" &&
        install -m 644 "$here/packaging/machine/cable.service" "$units/" &&
        install -m 755 "$here/packaging/machine/cable" "$1/usr/local/bin/" &&
        ln -s ../cable.service "$units/multi-user.target.wants/cable.service" &&
        ln -s /lib/systemd/system/systemd-networkd.service "$units/multi-user.target.wants/"
}
