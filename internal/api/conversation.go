package api

import (
	"context"
	"time"

	"sembang/internal/access"
	"sembang/internal/db"
	"sembang/internal/id"
	"sembang/internal/inbox"
)

// Conversation is a thread with a contact on one channel.
type Conversation struct {
	ID           string                 `json:"id" format:"uuid"`
	Contact      Contact                `json:"contact"`
	Channel      string                 `json:"channel" enum:"onsend,telegram,whatsapp"`
	Integration  Named                  `json:"integration"`
	Status       string                 `json:"status" enum:"open,snoozed,resolved"`
	Assignee     orNull[Named]          `json:"assignee" doc:"Who looks after it; null: nobody yet"`
	Language     *string                `json:"language" nullable:"true" enum:"en,ms,zh" doc:"What the customer wrote last"`
	Mixed        bool                   `json:"mixed" doc:"The customer mixes languages"`
	Bot          Bot                    `json:"bot"`
	WaitingSince *time.Time             `json:"waiting_since" nullable:"true" doc:"When the oldest unanswered message came"`
	Unread       int                    `json:"unread"`
	LastMessage  orNull[MessagePreview] `json:"last_message"`
	CreatedAt    time.Time              `json:"created_at"`
}

// Contact is a customer of the company.
type Contact struct {
	ID          string    `json:"id" format:"uuid"`
	Name        string    `json:"name" doc:"As the customer calls themselves; not verified"`
	Phone       *string   `json:"phone" nullable:"true" doc:"E.164 digits without plus"`
	Language    *string   `json:"language" nullable:"true" enum:"en,ms,zh"`
	FirstSeenAt time.Time `json:"first_seen_at"`
}

// Named is something with an id and a name.
type Named struct {
	ID   string `json:"id" format:"uuid"`
	Name string `json:"name"`
}

// Bot says who answers: the bot, or people.
type Bot struct {
	State       string     `json:"state" enum:"on,paused,handed_over"`
	PausedUntil *time.Time `json:"paused_until" nullable:"true" doc:"Null while paused: until resumed"`
	Reason      *string    `json:"reason" nullable:"true" doc:"Why the bot handed over, or phone"`
}

// MessagePreview is the newest message in a list.
type MessagePreview struct {
	Text   string    `json:"text" doc:"At most 160 characters"`
	Author string    `json:"author" enum:"contact,bot,agent,phone,system"`
	At     time.Time `json:"at"`
}

type listConversationsIn struct {
	View   string `query:"view" enum:"mine,waiting,unassigned,all,resolved" default:"mine"`
	Sort   string `query:"sort" enum:"waiting,recent" default:"waiting" doc:"Longest waiting first, or newest activity first"`
	Q      string `query:"q" maxLength:"100" doc:"Part of the contact's name or phone"`
	Cursor string `query:"cursor" maxLength:"400" doc:"next_cursor of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type conversationsOut struct {
	Body struct {
		Items      []Conversation `json:"items"`
		NextCursor *string        `json:"next_cursor" nullable:"true" doc:"Null on the last page"`
	}
}

type countsOut struct {
	Body struct {
		Mine       int `json:"mine"`
		Waiting    int `json:"waiting"`
		Unassigned int `json:"unassigned"`
		All        int `json:"all"`
		Resolved   int `json:"resolved"`
	}
}

// OneConversation names the conversation a call is about.
type OneConversation struct {
	ID string `path:"id" format:"uuid"`
}

type conversationOut struct{ Body Conversation }

type assignIn struct {
	OneConversation
	Body struct {
		UserID *string `json:"user_id" nullable:"true" format:"uuid" doc:"Null leaves it to nobody"`
	}
}

type completeIn struct {
	OneConversation
	Body struct {
		Outcome string `json:"outcome" enum:"won,lost,appointment,none"`
	}
}

func (s *Server) viewer(ctx context.Context) (db.Conn, inbox.Viewer, error) {
	c := callerOf(ctx)
	conn := s.DB.For(c.Company)
	v, err := inbox.ViewerOf(ctx, conn, c.User, c.Role == access.CompanyAdmin)
	return conn, v, err
}

func (s *Server) listConversations(ctx context.Context, in *listConversationsIn) (*conversationsOut, error) {
	conn, v, err := s.viewer(ctx)
	if err != nil {
		return nil, err
	}
	list, next, err := inbox.List(ctx, conn, callerOf(ctx).Company, v, inbox.Filter{
		View: inbox.View(in.View), Recent: in.Sort == "recent", Search: in.Q, Cursor: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	out := &conversationsOut{}
	out.Body.Items = make([]Conversation, 0, len(list))
	for _, c := range list {
		out.Body.Items = append(out.Body.Items, conversationOf(c))
	}
	if next != "" {
		out.Body.NextCursor = &next
	}
	return out, nil
}

func (s *Server) countConversations(ctx context.Context, _ *struct{}) (*countsOut, error) {
	conn, v, err := s.viewer(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := inbox.Counts(ctx, conn, callerOf(ctx).Company, v)
	if err != nil {
		return nil, err
	}
	out := &countsOut{}
	out.Body.Mine, out.Body.Waiting, out.Body.Unassigned = counts[inbox.ViewMine], counts[inbox.ViewWaiting], counts[inbox.ViewUnassigned]
	out.Body.All, out.Body.Resolved = counts[inbox.ViewAll], counts[inbox.ViewResolved]
	return out, nil
}

func (s *Server) getConversation(ctx context.Context, in *OneConversation) (*conversationOut, error) {
	conn, v, err := s.viewer(ctx)
	if err != nil {
		return nil, err
	}
	return s.conversation(ctx, conn, v, in.ID)
}

func (s *Server) conversation(ctx context.Context, conn db.Conn, v inbox.Viewer, text string) (*conversationOut, error) {
	c, err := conversationID(text)
	if err != nil {
		return nil, err
	}
	got, err := inbox.Get(ctx, conn, callerOf(ctx).Company, v, c)
	if err != nil {
		return nil, err
	}
	return &conversationOut{conversationOf(got)}, nil
}

// change runs one of the inbox's actions on a conversation and returns what it
// looks like afterwards. What the viewer gave away they still get to see once.
func (s *Server) change(ctx context.Context, text string, act func(*db.Tx, inbox.Viewer, id.Conversation) error) (*conversationOut, error) {
	c, err := conversationID(text)
	if err != nil {
		return nil, err
	}
	conn, v, err := s.viewer(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.DB.InCompany(ctx, callerOf(ctx).Company, func(tx *db.Tx) error { return act(tx, v, c) }); err != nil {
		return nil, err
	}
	s.Bell.Ring()
	s.Turns.Ring()
	return s.conversation(ctx, conn, inbox.Viewer{User: v.User, All: true}, text)
}

func (s *Server) takeOver(ctx context.Context, in *OneConversation) (*conversationOut, error) {
	return s.change(ctx, in.ID, func(tx *db.Tx, v inbox.Viewer, c id.Conversation) error { return inbox.TakeOver(ctx, tx, v, c) })
}

func (s *Server) resume(ctx context.Context, in *OneConversation) (*conversationOut, error) {
	return s.change(ctx, in.ID, func(tx *db.Tx, v inbox.Viewer, c id.Conversation) error { return inbox.Resume(ctx, tx, v, c) })
}

func (s *Server) complete(ctx context.Context, in *completeIn) (*conversationOut, error) {
	return s.change(ctx, in.ID, func(tx *db.Tx, v inbox.Viewer, c id.Conversation) error {
		return inbox.Complete(ctx, tx, v, c, in.Body.Outcome)
	})
}

func (s *Server) reopen(ctx context.Context, in *OneConversation) (*conversationOut, error) {
	return s.change(ctx, in.ID, func(tx *db.Tx, v inbox.Viewer, c id.Conversation) error { return inbox.Reopen(ctx, tx, v, c) })
}

func (s *Server) assign(ctx context.Context, in *assignIn) (*conversationOut, error) {
	var to *id.User
	if in.Body.UserID != nil {
		u, err := id.Parse[id.User](*in.Body.UserID)
		if err != nil {
			return nil, access.ErrUserNotFound
		}
		to = &u
	}
	return s.change(ctx, in.ID, func(tx *db.Tx, v inbox.Viewer, c id.Conversation) error { return inbox.Assign(ctx, tx, v, c, to) })
}

func (s *Server) markRead(ctx context.Context, in *OneConversation) (*struct{}, error) {
	c, err := conversationID(in.ID)
	if err != nil {
		return nil, err
	}
	conn, v, err := s.viewer(ctx)
	if err != nil {
		return nil, err
	}
	return nil, inbox.MarkRead(ctx, conn, callerOf(ctx).Company, v, c)
}

func conversationID(text string) (id.Conversation, error) {
	c, err := id.Parse[id.Conversation](text)
	if err != nil {
		return c, inbox.ErrNotFound
	}
	return c, nil
}

func conversationOf(c inbox.Conversation) Conversation {
	out := Conversation{
		ID:      c.ID.String(),
		Contact: Contact{ID: c.ContactID.String(), Name: c.ContactName, Phone: c.ContactPhone, Language: c.ContactLanguage, FirstSeenAt: c.ContactSince},
		Channel: c.Channel, Integration: Named{c.IntegrationID.String(), c.IntegrationName}, Status: c.Status,
		Language: c.Language, Mixed: c.Mixed, Bot: Bot{State: string(c.BotState), PausedUntil: c.PausedUntil, Reason: c.BotReason},
		WaitingSince: c.WaitingSince, Unread: c.Unread, CreatedAt: c.CreatedAt,
	}
	if c.AssigneeID != nil && c.AssigneeName != nil {
		out.Assignee = orNull[Named]{&Named{c.AssigneeID.String(), *c.AssigneeName}}
	}
	if c.LastAuthor != nil && c.LastText != nil {
		out.LastMessage = orNull[MessagePreview]{&MessagePreview{Text: *c.LastText, Author: *c.LastAuthor, At: c.LastAt}}
	}
	return out
}
