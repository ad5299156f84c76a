import { Outlet } from "@tanstack/react-router";
import { useDisclosure, useHotkeys } from "@mantine/hooks";

import { LiveStrip } from "./LiveStrip";
import { Palette } from "./Palette";
import { Rail } from "./Rail";
import styles from "./shell.module.css";
import { ShortcutList } from "./ShortcutList";

/** Shell is what surrounds every page of a signed-in person. */
export function Shell() {
  const [shortcuts, show] = useDisclosure(false);
  useHotkeys([["mod+/", show.toggle]], []);
  return (
    <div className={styles.shell}>
      <Rail onShortcuts={show.open} />
      <div className={styles.page}>
        <LiveStrip />
        <div className={styles.outlet}>
          <Outlet />
        </div>
      </div>
      <Palette onShortcuts={show.open} />
      <ShortcutList opened={shortcuts} onClose={show.close} />
    </div>
  );
}
