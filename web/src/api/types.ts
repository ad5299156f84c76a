import type { components } from "./schema";

type Schemas = components["schemas"];

export type Me = Schemas["Me"];
export type Role = Me["role"];
export type User = Schemas["User"];
export type Conversation = Schemas["Conversation"];
export type Counts = Schemas["CountsOutBody"];
export type Message = Schemas["Message"];
export type Provenance = Schemas["Provenance"];
export type Delivery = Schemas["Delivery"];
export type AuditEntry = Schemas["AuditEntry"];
export type Problem = Schemas["Problem"];
export type Channel = Conversation["channel"];
export type View = keyof Counts;
export type Sort = "waiting" | "recent";
export type Outcome = "won" | "lost" | "appointment" | "none";
export type DeliveryState = "poison" | "pending" | "done";

/** MessagePage is one page of a thread, oldest message first. */
export type MessagePage = { items: Message[]; next_cursor: string | null };
