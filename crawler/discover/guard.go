package discover

import (
	"net/url"
	"path"
	"strings"
)

// harmWords are the words for leaving a session, deleting and buying in the languages of most of the web, without
// hyphens and accents as well as with them. A URL is harmful only if a whole segment of its path, a parameter's name or
// its value is one of them, so /blog/how-to-delete-a-branch is not.
var harmWords = wordSet(`
	logout logoff logmeout signout signoff exit endsession destroysession disconnect revoke userlogout dologout
	delete remove destroy erase purge wipe trash deleteaccount closeaccount cancelaccount deactivate terminate
	unsubscribe unsub optout cancelsubscription cancelorder reset clearcart emptycart removefromcart
	buy buynow purchase placeorder paynow pay addtocart addtobasket addtobag quickbuy oneclick checkoutnow confirmorder submitorder
	abmelden ausloggen logoutuser löschen loeschen entfernen kaufen jetztkaufen bestellen indenwarenkorb kuendigen kündigen bezahlen
	déconnexion deconnexion sedeconnecter sedéconnecter supprimer effacer acheter ajouteraupanier commander désinscription desinscription payer
	cerrarsesion cerrarsesión salir desconectar eliminar borrar comprar añadiralcarrito anadiralcarrito agregaralcarrito pagar
	esci disconnetti disconnettersi elimina cancella rimuovi acquista compra aggiungialcarrello paga
	sair terminarsessao terminarsessão encerrarsessao excluir apagar deletar remover comprar adicionaraocarrinho
	uitloggen afmelden verwijderen wissen kopen nukopen bestellen inwinkelwagen betalen opzeggen
	loggaut loggautsidan taabort radera köp kop köpnu laggikorgen läggikorgen betala
	logud logaf slet fjern køb kob købnu læggikurv betal loggut slett kjøp kjop
	kirjauduulos poista tuhoa osta ostanyt lisääkoriin maksa
	wyloguj wylogowanie usun usuń skasuj kup kupteraz dodajdokoszyka zaplac zapłać
	odhlasit odhlásit odhlaseni odhlášení smazat odstranit koupit dokosiku dokošíku objednat zaplatit
	выход выйти vyhod vyjti удалить udalit купить kupit вкорзину оплатить oplatit отписаться
	вийти видалити купити сплатити
	çıkış cikis çıkışyap cikisyap oturumukapat sil kaldır kaldir satınal satinal sepeteekle öde
	ログアウト サインアウト 削除 購入 購入する カートに入れる 退会
	退出 登出 注销 註銷 删除 刪除 购买 購買 立即购买 加入购物车 付款
	로그아웃 삭제 구매 구매하기 장바구니담기 탈퇴
	đăngxuất dangxuat xóa xoa mua muangay keluar hapus beli belisekarang
`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}

// Harmful returns the word for which a URL must not be followed, because following it may log the user out, delete
// something or buy something; "" if there is none.
func Harmful(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return harmful(u)
}

func harmful(u *url.URL) string {
	for segment := range strings.SplitSeq(u.Path+"/"+strings.TrimLeft(u.Fragment, "!/"), "/") {
		if w := harmWord(strings.TrimSuffix(segment, path.Ext(segment))); w != "" {
			return w
		}
		if w := harmWord(segment); w != "" {
			return w
		}
	}
	for _, pair := range queryPairs(u) {
		name, value, _ := strings.Cut(pair, "=")
		for _, part := range []string{name, value} {
			if text, err := url.QueryUnescape(part); err == nil {
				if w := harmWord(text); w != "" {
					return w
				}
			}
		}
	}
	return ""
}

// unjoined takes out what writes two words as one: log-out, log_out, log.out, Log Out.
var unjoined = strings.NewReplacer("-", "", "_", "", ".", "", " ", "", ":", "")

func harmWord(text string) string {
	if w := unjoined.Replace(strings.ToLower(text)); harmWords[w] {
		return w
	}
	return ""
}
