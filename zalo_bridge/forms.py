from django import forms


class GiveUpForm(forms.Form):
    reason = forms.CharField(
        label="Lý do dừng gửi",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control", "placeholder": "Ví dụ: đã gọi điện báo"}),
    )


class PasteTokensForm(forms.Form):
    access_token = forms.CharField(
        label="Access token", widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "off"})
    )
    refresh_token = forms.CharField(
        label="Refresh token", widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "off"})
    )
