package api

// register is the table of contents of the API, and the table of who may call
// what: a route exists by being a line here.
func (s *Server) register() {
	plain(s, "GET /healthz", public, s.healthz)
	plain(s, "GET /readyz", public, s.readyz)
	plain(s, "GET /api/openapi.json", public, s.openapi)
	plain(s, "POST /webhooks/{channel}/{key}", public, s.receiveWebhook)
	plain(s, "GET /api/v1/events", company, s.events)
	plain(s, "/api/", public, unknownRoute)
	plain(s, "/", public, s.app)

	route(s, "POST /auth/login", "login", "Sign in with e-mail and password", public, s.login)
	route(s, "POST /auth/refresh", "refresh", "Exchange the refresh token for fresh tokens", public, s.refresh)
	route(s, "POST /auth/logout", "logout", "End the session", public, s.logout)

	route(s, "GET /me", "getMe", "Who is signed in", everyone, s.getMe)
	route(s, "PATCH /me", "updateMe", "Change one's language or availability", everyone, s.updateMe)
	route(s, "GET /users", "listUsers", "The company's people", company, s.listUsers)

	route(s, "GET /conversations", "listConversations", "Conversations of a view, a page at a time", company, s.listConversations)
	route(s, "GET /conversations/counts", "countConversations", "How many conversations each view holds", company, s.countConversations)
	route(s, "GET /conversations/{id}", "getConversation", "One conversation", company, s.getConversation)
	route(s, "GET /conversations/{id}/messages", "listMessages", "A conversation's thread, newest page first", company, s.listMessages)
	route(s, "POST /conversations/{id}/messages", "sendMessage", "Write to the customer", company, s.sendMessage, status201)
	route(s, "POST /conversations/{id}/takeover", "takeOver", "Silence the bot and answer oneself", company, s.takeOver)
	route(s, "POST /conversations/{id}/resume", "resumeBot", "Let the bot go on", company, s.resume)
	route(s, "POST /conversations/{id}/assign", "assignConversation", "Give the conversation to a colleague", company, s.assign)
	route(s, "POST /conversations/{id}/read", "markRead", "Say that the thread was seen", company, s.markRead)
	route(s, "POST /conversations/{id}/complete", "completeConversation", "End the conversation with an outcome", company, s.complete)
	route(s, "POST /conversations/{id}/reopen", "reopenConversation", "Take a completion back", company, s.reopen)

	route(s, "GET /deliveries", "listDeliveries", "Webhook calls as they came in", companyAdmin, s.listDeliveries)

	route(s, "GET /audit", "listAudit", "What admins and programs did", admins, s.listAudit)
	route(s, "GET /audit/verify", "verifyAudit", "Compute the audit log's chain again", admins, s.verifyAudit)
	plain(s, "GET /api/v1/audit/export.csv", admins, s.exportAudit)
	route(s, "GET /companies/{id}/audit", "listCompanyAudit", "A company's audit log", superAdmin, s.companyAudit)
}
