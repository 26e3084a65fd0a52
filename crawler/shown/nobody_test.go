package shown

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
)

func TestAnswersSayThatNobodyIsSignedIn(t *testing.T) {
	for _, c := range []struct {
		path, body string
		want       bool
	}{
		{"/api/me", `{"authenticated":false,"user":null}`, true},
		{"/api/boot", `{"isLoggedIn":false,"theme":"dark"}`, true},
		{"/api/user", `{"code":401,"message":"token expired","data":null}`, true},
		{"/api/orders", `{"error":"unauthenticated"}`, true},
		{"/api/orders", `{"success":false,"error":{"code":"LOGIN_REQUIRED"}}`, true},
		{"/graphql", `{"errors":[{"message":"You must be signed in","extensions":{"code":"UNAUTHENTICATED"}}],"data":null}`, true},
		{"/api/auth/session", `{}`, true},
		{"/api/auth/session", `null`, true},
		{"/api/me", `{"user":null}`, true},
		{"/api/me", `{"id":7,"isAnonymous":true}`, true},
		{"/api/auth/session", `{"user":{"name":"Jo"}}`, false},
		{"/api/me", `{"authenticated":true,"user":{"id":7}}`, false},
		{"/api/orders", `{}`, false},
		{"/api/orders", `{"code":0,"data":[{"code":401,"name":"Jacket"}]}`, false},
		{"/api/orders", `{"code":200,"status":"ok"}`, false},
		{"/api/order", `{"user":null}`, false},
		{"/api/comments", `[{"anonymous":true}]`, false},
		{"/api/post", `{"text":"x","anonymous":true}`, false},
		{"/graphql", `{"errors":[{"message":"no","extensions":{"code":"FORBIDDEN"}}]}`, false},
		{"/api/me", `{"authenticated":`, false},
		{"/api/me", ``, false},
	} {
		r := &crawler.Response{Status: 200, Body: crawler.NewBody([]byte(c.body))}
		assert.Equal(t, c.want, saysNobody("https://app.example"+c.path, r), "%s %s", c.path, c.body)
	}
	refused := &crawler.Response{Status: 401, Body: crawler.NewBody([]byte(`{"code":401}`))}
	assert.False(t, saysNobody("https://app.example/api/me", refused), "the status says it")
}
