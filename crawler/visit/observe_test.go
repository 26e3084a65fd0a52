package visit

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestStorageAndAnswersTeachTheirUser(t *testing.T) {
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"auth0|77f1","email":"ida@corp.example","name":"Ida Varga","iat":1700000000}`))
	jwt := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." + claims + ".c2ln"
	for _, c := range []struct {
		name, value string
		want        observed
	}{
		{"localStorage me", `{"id":"usr_881","email":"ida@corp.example","displayName":"Ida Varga"}`, observed{"user_id": {"usr_881"}, "email": {"ida@corp.example"}, "full_name": {"Ida Varga"}}},
		{"localStorage persist:root", `{"user":{"profile":{"firstName":"Ida","phone":"+12025550143"}}}`, observed{"first_name": {"Ida"}, "phone": {"+12025550143"}}},
		{"localStorage id_token", jwt, observed{"user_id": {"auth0|77f1"}, "email": {"ida@corp.example"}, "full_name": {"Ida Varga"}, "auth_token": {jwt}}},
		{"profile", `%7B%22email%22%3A%22ida%40corp.example%22%7D`, observed{"email": {"ida@corp.example"}}},
		{"localStorage user_id", "9f31c2aa", observed{"user_id": {"9f31c2aa"}}},
		{"/api/v1/me", `{"data":{"user_id":99120471,"organization":{"id":"org_1234","name":"Acme GmbH"}}}`, observed{"user_id": {"99120471"}}},
		{"/api/users", `[{"email":"a@b.example"},{"email":"c@d.example"}]`, observed{}},
		{"/api/products", `{"items":[{"id":"sku-12345","name":"Blue Lamp"}],"id":"list-777"}`, observed{}},
		{"/api/me", `{"id":7,"email":"support@shop.example","name":"Ida"}`, observed{}},
		{"localStorage theme", "dark", observed{}},
		{"localStorage user", `{"broken`, observed{}},
	} {
		ob := observed{}
		ob.text(c.name, c.value)
		assert.Equal(t, c.want, ob, c.name)
	}
}

func FuzzObserved(f *testing.F) {
	f.Add("me", `{"user":{"id":"abcdef","email":"x@y.example"}}`)
	f.Add("t", "eyJhbGciOiJ.eyJzdWIiOiJ.x")
	f.Fuzz(func(t *testing.T, name, v string) {
		ob := observed{}
		ob.text(name, v)
		for _, vs := range ob {
			assert.LessOrEqual(t, len(vs), maxObservedEach)
		}
	})
}
