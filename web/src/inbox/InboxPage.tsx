import { Outlet, useParams } from "@tanstack/react-router";

import { ConversationList } from "./ConversationList";
import styles from "./inbox.module.css";
import { ViewSidebar } from "./ViewSidebar";

/** InboxPage is views, list and thread side by side; a narrow screen shows the list or the thread. */
export function InboxPage() {
  const { conversationId } = useParams({ strict: false });
  return (
    <main className={styles.inbox} data-thread-open={conversationId ? true : undefined}>
      <ViewSidebar />
      <ConversationList chosen={conversationId ?? null} />
      <div className={styles.thread}>
        <Outlet />
      </div>
    </main>
  );
}
