// Package sim imitates the vendors Sembang talks to, OnSend, Telegram's Bot
// API and Anthropic's Messages API, and shows a customer's phone in the
// browser. The tests, the chaos harness and the demo use it. It knows nothing
// of this repository, so that it cannot share a mistake of the adapters it is
// to test, and it knows of the vendors only what is documented or observed;
// what is a guess (all of OnSend's webhooks) says so.
//
// # Addresses
//
// One handler serves everything:
//
//	/onsend/api/v1/…         OnSend: status, send
//	/telegram/bot<TOKEN>/…   Telegram's Bot API
//	/anthropic/v1/…          Anthropic: messages, messages/count_tokens, models
//	/_sim/…                  the control API
//	/                        the phone page
//
// # Control API
//
// JSON in and out; a call that is refused answers {"error": "…"} with 400, 404
// or 507. Each route is also a method of Sim with the same fields.
//
//	GET    /_sim/state                  accounts, customers, inbox_url, seed, time_scale
//	POST   /_sim/onsend/devices         Device: add or replace
//	PATCH  /_sim/onsend/devices/{id}    fields of Device to change
//	POST   /_sim/onsend/replay          {account, n}: the newest n webhooks again
//	POST   /_sim/telegram/bots          Bot: add or replace
//	POST   /_sim/telegram/revoke        {account}: the token becomes invalid
//	POST   /_sim/telegram/chats         {account, customer, state, migrated_to}
//	POST   /_sim/anthropic/keys         {key}
//	POST   /_sim/customers/write        Letter: a customer writes → Posted
//	POST   /_sim/customers/echo         Letter: typed on the business's own phone
//	POST   /_sim/customers/block        {vendor, account, customer}
//	POST   /_sim/customers/unblock      {vendor, account, customer}
//	POST   /_sim/customers/press        {vendor, account, customer, message_id, data}: an inline button
//	POST   /_sim/customers/edit         {vendor, account, customer, message_id, text}
//	GET    /_sim/chats                  ?vendor=&account=&customer= → {messages}; without → {chats}
//	GET    /_sim/chats/stream           server-sent events: message, typing
//	GET    /_sim/requests               ?vendor=&account=&method=&recipient=&status=&after=&limit=
//	DELETE /_sim/requests
//	GET    /_sim/faults                 POST: Fault → {id}; DELETE: all
//	GET    /_sim/scripts                POST: Script → {id}; DELETE: all
//
// # The simulated Claude
//
// An answer's model is the requested one with "-simulated" behind it. Without
// a Script the text starts with "[Simulated Claude] ", quotes what the
// customer wrote and gives lines of the system prompt that share a word with
// it, never a figure of its own. When a tool named hand_over is offered and
// the customer asks for a person, it is called.
package sim
