package serve

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/tagscan/tagscan/cmd/internal/store"
)

// sessionTime is how long a browser is signed in, and sessionCookie where it says so.
const (
	sessionTime   = 12 * time.Hour
	sessionCookie = "tagscan"
	// mostTries are failed tokens in a minute, of all who ask, before nobody is let in until it is over.
	mostTries = 20
)

// site is the page: who may see it and what it is made of.
type site struct {
	s   *Server
	who access

	mu       sync.Mutex
	sessions map[string]session
	tries    int
	minute   time.Time
}

type session struct {
	token *Token
	until time.Time
}

// Listen begins to answer, until the context ends. It returns what to tell the user: where the page is.
func (s *Server) Listen(ctx context.Context) (string, error) {
	settings, _ := s.folder.Settings()
	listen := s.o.Listen
	orElse(&listen, settings.Listen)
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return "", fmt.Errorf("listen: %w", err)
	}
	who, token, err := accessOf(s.data, l.Addr().String(), settings)
	if err != nil {
		return "", errors.Join(err, l.Close())
	}
	server := &http.Server{
		Handler: s.handler(who), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 2 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		var err error
		if settings.TLS.Cert != "" {
			err = server.ServeTLS(l, settings.TLS.Cert, settings.TLS.Key)
		} else {
			err = server.Serve(l)
		}
		if !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("the page is gone", "error", err)
		}
	}()
	context.AfterFunc(ctx, func() { _ = server.Close() })
	s.served = ended
	if token != "" {
		return fmt.Sprintf("http://%s/?token=%s", l.Addr(), token), nil
	}
	return settings.URL, nil
}

// handler is the page with what keeps others away from it.
func (s *Server) handler(who access) http.Handler {
	p := &site{s: s, who: who, sessions: map[string]session{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /style.css", style)
	mux.HandleFunc("GET /sign-in", p.signInForm)
	mux.HandleFunc("POST /sign-in", p.signIn)
	p.routes(mux)
	return p.guarded(http.NewCrossOriginProtection().Handler(mux))
}

// policyHeader is what the pages may load: the style, and nothing from anywhere else.
const policyHeader = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guarded refuses hosts that are not the server's (a name that somebody made lead here), and sets what a browser is to keep to.
func (p *site) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policyHeader)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if p.who.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !p.who.hosts[strings.ToLower(r.Host)] {
			http.Error(w, "this server is not known by that name", http.StatusMisdirectedRequest)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		next.ServeHTTP(w, r)
	})
}

// handle adds what a role may do.
func (p *site) handle(mux *http.ServeMux, pattern string, role Role, f func(http.ResponseWriter, *http.Request, *Token) error) {
	mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		t := p.asks(r)
		api := strings.HasPrefix(r.URL.Path, "/api/") || r.URL.Path == "/metrics"
		switch {
		case t == nil && api:
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "a token is wanted: Authorization: Bearer TOKEN", http.StatusUnauthorized)
			return
		case t == nil:
			p.unknown(w, r)
			return
		case !t.Role.may(role):
			http.Error(w, fmt.Sprintf("%s may not do that: it is for the role %s", t.Name, role), http.StatusForbidden)
			return
		}
		if err := f(w, r, t); err != nil {
			p.fail(w, r, err)
		}
	})
}

// errNotThere is what a page is answered with that does not exist.
var errNotThere = errors.New("there is no such page")

func (p *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	var bad *badRequest
	switch {
	case errors.Is(err, errNotThere):
		http.Error(w, err.Error(), http.StatusNotFound)
	case errors.As(err, &bad):
		http.Error(w, err.Error(), http.StatusBadRequest)
	case r.Context().Err() != nil: // whoever asked is gone
	default:
		p.s.log.Error("a page failed", "path", r.URL.Path, "error", err)
		http.Error(w, "it failed; the log says why", http.StatusInternalServerError)
	}
}

// badRequest is a mistake of whoever asked.
type badRequest struct{ text string }

func (b *badRequest) Error() string { return b.text }

// asks is who asks: by a header, as programs do, or by a session.
func (p *site) asks(r *http.Request) *Token {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return p.try(token)
	}
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.sessions[c.Value]
	if !ok || p.s.now().After(s.until) {
		delete(p.sessions, c.Value)
		return nil
	}
	return s.token
}

// try looks at a token, unless too many were wrong lately.
func (p *site) try(token string) *Token {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.s.now().Truncate(time.Minute); !now.Equal(p.minute) {
		p.minute, p.tries = now, 0
	}
	if p.tries >= mostTries {
		return nil
	}
	t := p.who.who(token)
	if t == nil {
		p.tries++
	}
	return t
}

// unknown lets in who comes with the token in the address, as it is printed, and asks everybody else for it.
func (p *site) unknown(w http.ResponseWriter, r *http.Request) {
	if token := r.URL.Query().Get("token"); token != "" && r.Method == http.MethodGet {
		if t := p.try(token); t != nil {
			p.admit(w, r, t)
			http.Redirect(w, r, r.URL.Path, http.StatusSeeOther) // without the token
			return
		}
	}
	http.Redirect(w, r, "/sign-in?to="+url.QueryEscape(r.URL.Path), http.StatusSeeOther)
}

// admit begins a session, always a new one.
func (p *site) admit(w http.ResponseWriter, r *http.Request, t *Token) {
	id := rand.Text()
	now := p.s.now()
	p.mu.Lock()
	for old, s := range p.sessions {
		if now.After(s.until) {
			delete(p.sessions, old)
		}
	}
	p.sessions[id] = session{t, now.Add(sessionTime)}
	p.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: id, Path: "/", HttpOnly: true,
		SameSite: http.SameSiteStrictMode, Secure: p.who.secure, MaxAge: int(sessionTime.Seconds())})
	p.audit(r.Context(), t, "signed in", "", "")
}

func (p *site) signIn(w http.ResponseWriter, r *http.Request) {
	t := p.try(strings.TrimSpace(r.PostFormValue("token")))
	if t == nil {
		w.WriteHeader(http.StatusForbidden)
		p.render(w, "sign-in", view{Title: "Sign in", Note: "that token is not known", Data: r.PostFormValue("to")})
		return
	}
	p.admit(w, r, t)
	to := r.PostFormValue("to")
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, `\`) {
		to = "/" // nowhere else
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (p *site) signInForm(w http.ResponseWriter, r *http.Request) {
	p.render(w, "sign-in", view{Title: "Sign in", Data: r.URL.Query().Get("to")})
}

func (p *site) signOut(w http.ResponseWriter, r *http.Request, _ *Token) error {
	if c, err := r.Cookie(sessionCookie); err == nil {
		p.mu.Lock()
		delete(p.sessions, c.Value)
		p.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1})
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	return nil
}

// audit keeps who did what.
func (p *site) audit(ctx context.Context, t *Token, what, subject, note string) {
	err := p.s.store.Do(ctx, func(tx *store.Tx) error {
		return tx.Audit(store.Act{At: p.s.now(), Who: t.Name, What: what, Subject: subject, Note: note})
	})
	if err != nil {
		p.s.log.Error("the audit log has a hole", "who", t.Name, "what", what, "subject", subject, "error", err)
	}
}

// stale is when nobody looked at the schedules for so long that something is wrong.
const stale = 9 * tickEvery

// healthz says whether the watch watches, to anybody and without a detail.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	ticked, late := s.ticked, len(s.late)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	switch {
	case s.now().Sub(ticked) > stale:
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, "nobody looks at the schedules")
	case late > 0:
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintf(w, "%d scans did not begin\n", late)
	default:
		fmt.Fprintln(w, "ok")
	}
}
