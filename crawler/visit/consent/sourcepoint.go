package consent

// Sourcepoint is Sourcepoint: https://documentation.sourcepoint.com/
var Sourcepoint = Platform{
	ID:    "sourcepoint",
	Name:  "Sourcepoint",
	Doc:   "https://documentation.sourcepoint.com/",
	Popup: []string{`[id^=sp_message_container_]`, `.sp_message_container`, `.message.type-modal`, `.message.type-bottom`, `.message-container .message`},
	Accept: []Way{
		{`button.sp_choice_type_11`},
		{`.sp_choice_type_ACCEPT_ALL`},
	},
	Reject: []Way{
		{`button.sp_choice_type_13`},
		{`.sp_choice_type_REJECT_ALL`},
		{`button.sp_choice_type_12`, `.sp_choice_type_REJECT_ALL`},
		{`button.sp_choice_type_12`, `-input[type=checkbox]`, `.sp_choice_type_SAVE_AND_EXIT`},
	},
	Recall: `(window._sp_.gdpr ? _sp_.gdpr.loadPrivacyManagerModal() : _sp_.loadPrivacyManagerModal())`,
}
