import { test } from "uvu";
import * as assert from "uvu/assert";
import { programOf, shellCommand } from "../../src/presets/words.ts";

const inner = (line: string) => programOf(shellCommand(line)?.words ?? [])?.words.join(" ");

const SEEN_THROUGH = [
  "docker container exec web free -m",
  "docker compose -f x.yml exec -T --index=2 web free -m",
  "docker-compose exec -T web free -m",
  "podman exec -l free -m",
  "podman exec --latest free -m",
  "crictl exec -it abc free -m",
  "ctr -n k8s.io tasks exec --exec-id x abc free -m",
  "k3s kubectl exec pod -- free -m",
  "microk8s.kubectl exec pod -- free -m",
  "oc rsh -c x pod free -m",
  "oc debug node/x -- chroot /host free -m",
  "minikube -p x ssh free -m",
  "minikube ssh -- free -m",
  "lxc exec web free -m",
  "lxc exec web-1 free -m",
  "pct exec 100 -- free -m",
  "pct exec 100 free -m",
  "lxc-attach -n web -- free -m",
  "lxc-attach --name=web --clear-env free -m",
  "vzctl exec 101 free -m",
  "jexec -l -U root 1 free -m",
  "wsl -d Ubuntu -- free -m",
  "wsl.exe free -m",
  "adb -s emulator-5554 shell free -m",
  "adb shell 'free -m'",
  "vagrant ssh web -c 'free -m'",
];

for (const line of SEEN_THROUGH) {
  test(`programOf() sees free -m in: ${line}`, () => {
    assert.is(inner(line), "free -m");
  });
}

const UNCERTAIN = [
  "docker compose run web free",
  "docker compose up",
  "docker exec web",
  "crictl ps",
  "k3s server",
  "lxc list",
  "lxc exec web",
  "lxc exec -n web free",
  "lxc exec web -t free",
  "adb devices",
  "adb shell",
  "vagrant ssh",
  "vzctl start 101 free",
  "minikube start",
];

for (const line of UNCERTAIN) {
  test(`programOf() is not certain of: ${line}`, () => {
    assert.is(inner(line), undefined);
  });
}

test.run();
