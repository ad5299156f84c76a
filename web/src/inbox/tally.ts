import type { Message } from "../api/types";

/** Tally counts the answers of a conversation by who wrote them. */
export type Tally = { template: number; claude: number; fixed: number; people: number; simulated: boolean };

/** tally counts answers; what came from a customer or the system is none. */
export function tally(messages: Message[]): Tally {
  const counted: Tally = { template: 0, claude: 0, fixed: 0, people: 0, simulated: false };
  for (const { direction, author, reply } of messages) {
    if (direction !== "out") continue;
    if (author === "agent" || author === "phone") counted.people += 1;
    if (!reply) continue;
    if (reply.source !== "none") counted[reply.source] += 1;
    counted.simulated ||= reply.simulated;
  }
  return counted;
}
