"""Builds and runs images as root, without a daemon, and without a registry if need be."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from subprocess import CompletedProcess

PROJECT = Path(__file__).parents[2]
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")

OF_DEBIAN = "localhost/python-of-debian"
PACKAGES = "python3,python3-venv,ca-certificates"
RELEASE = "bookworm"
MIRROR = "http://deb.debian.org/debian"

LONGEST = 900.0

READ_ONLY = """
set -eu
root=$1 user=$2 writable=$3; shift 3
mount --bind "$root" "$root"
mount -o remount,ro,bind "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev"
mkdir -m 1777 "$root/dev/shm"
for name in null zero urandom; do
    touch "$root/dev/$name"
    mount --bind "/dev/$name" "$root/dev/$name"
done
for folder in $writable; do
    mount -t tmpfs -o mode=1777 tmpfs "$root$folder"
done
exec chroot --userspec="$user" "$root" /usr/bin/env -i "$@"
"""
"""Runs a command as a container with a read-only root does: nothing can be written but /dev
and the folders that are named."""


@dataclass(frozen=True)
class Builder:
    """buildah, with a store of its own.

    Attributes:
        store: The folder of the store.
    """

    store: Path

    def run(self, *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603
            ["buildah", "--root", self.store / "root", "--runroot", self.store / "run", *arguments],  # noqa: S607
            capture_output=True,
            check=False,
            cwd=PROJECT,
            env={**os.environ, "BUILDAH_ISOLATION": "chroot", "STORAGE_DRIVER": "vfs"},
            text=True,
            timeout=LONGEST,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout.strip()

    def remove_all(self) -> None:
        """Remove all images and containers, and what is mounted of them."""
        self.run("umount", "--all")
        self.run("rm", "--all")
        self.run("rmi", "--all", "--force")
        # What the driver has mounted onto itself stays where it is.
        driver = self.store / "root" / "overlay"
        if str(driver) in Path("/proc/self/mountinfo").read_text():
            subprocess.run(["umount", str(driver)], check=True, timeout=LONGEST)  # noqa: S603, S607

    def make_python_of_debian(self) -> str:
        """Make an image with a Python in it of packages of Debian, and return its name."""
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder, "root")
            subprocess.run(  # noqa: S603
                [
                    *("debootstrap", "--variant=minbase", f"--include={PACKAGES}"),
                    *(RELEASE, str(root), MIRROR),
                ],
                check=True,
                stdout=subprocess.DEVNULL,
                timeout=LONGEST,
            )
            shutil.copy(CERTIFICATES, root / CERTIFICATES.relative_to("/"))
            container = self.run("from", "scratch")
            self.run("add", "--quiet", container, str(root), "/")
        for variable in ("PIP_CERT", "SSL_CERT_FILE"):
            self.run("config", "--env", f"{variable}={CERTIFICATES}", container)
        self.run("config", "--env", "PATH=/usr/local/bin:/usr/bin:/bin", container)
        self.run("commit", "--quiet", "--rm", container, OF_DEBIAN)
        return OF_DEBIAN


@dataclass(frozen=True)
class Image:
    """An image that is built, and a container of it.

    Attributes:
        config: What a container runtime goes by.
        root: Where its files are.
    """

    config: dict[str, Any]
    root: Path

    @classmethod
    def build(cls, builder: Builder, base: str, *stage: str, **arguments: str) -> Image:
        """Build the image of this project on a base, or another stage of its Dockerfile."""
        name = "-".join(["localhost/tap-confluence", *stage])
        given = {"PYTHON_IMAGE": base, **arguments}
        options = [f"--build-arg={name}={value}" for name, value in given.items()]
        options += [f"--target={only}" for only in stage]
        builder.run("build", "--network=host", *options, f"--tag={name}", ".")
        container = builder.run("from", name)
        about = json.loads(builder.run("inspect", "--type=image", name))
        return cls(about["OCIv1"]["config"], Path(builder.run("mount", container)))

    def run_read_only(
        self, *arguments: str, writable: Iterable[str] = (), **variables: str
    ) -> CompletedProcess[str]:
        """Run the image's program as its user, where nothing else can be written."""
        given = [*self.config["Env"], *(f"{name}={value}" for name, value in variables.items())]
        return self._run(*given, *self.config["Entrypoint"], *arguments, writable=writable)

    def run_shell(self, script: str) -> CompletedProcess[str]:
        """Run a script in the place of the program."""
        return self._run(*self.config["Env"], "sh", "-c", script)

    def _run(self, *command: str, writable: Iterable[str] = ()) -> CompletedProcess[str]:
        script = ["sh", "-c", READ_ONLY, "sh", self.root, self.config["User"], " ".join(writable)]
        return subprocess.run(  # noqa: S603
            ["unshare", "--mount", *script, f"--chdir={self.config['WorkingDir']}", *command],  # noqa: S607
            capture_output=True,
            check=False,
            text=True,
            timeout=LONGEST,
        )
