"""Zalo's error numbers with the sentence the platform sends beside them.

Numbers: developers.zalo.me, pages "Error code" of Official Account API, ZNS and OAuth. Sentences vary on the real
platform; nobody should match on them.
"""

OA_MESSAGES = {
    0: "Success",
    -32: "Your application reached limit call api",
    -100: "attachment_id is expired",
    -200: "Send message failed",
    -201: "Params is invalid",
    -204: "Official Account is deleted",
    -205: "Official Account is not existed",
    -209: "Not supported this api due to Application is not activated",
    -210: "Param is over limit",
    -211: "Out of quota",
    -212: "Application has not registered this api",
    -213: "User has not followed Official Account",
    -214: "Article is being processed",
    -216: "Access token is invalid",
    -217: "User has blocked invitation from Official Account",
    -218: "Out of quota receive",
    -219: "Application was removed or disabled",
    -220: "Access token has been expired or removed",
    -221: "Official Account must be verified",
    -223: "Official Account has not authorized this api",
    -224: "Official Account package is too low for this api",
    -227: "User is banned or has been inactive for more than 45 days",
    -230: "User has not interacted with the OA in the past 7 days",
    -231: "User or Official Account condition is not met",
    -232: "User has not had an interaction, or the latest interaction has expired",
    -233: "Message type is invalid or not support",
    -234: "This message cannot be sent at night (22:00 - 06:00)",
    -235: "This api is not supported for this Official Account type",
    -240: "This api of version 2.0 was shut down, please use version 3.0",
    -242: "appsecret_proof is invalid",
    -244: "User has restricted this type of message from Official Account",
    -248: "Violating platform standards",
    -249: "Template cannot be sent by user id",
    -320: "Zalo Cloud Account is not linked",
    -321: "Zalo Cloud Account is out of money",
}

BUSINESS_MESSAGES = {
    0: "Success",
    -100: "Unknown error, please try again later",
    -106: "Method is not supported",
    -108: "Phone number is invalid",
    -109: "Template ID is invalid",
    -111: "Template data is empty",
    -112: "Template data is invalid: a parameter is not defined",
    -1121: "Template data is invalid: a parameter is too long",
    -1122: "Template data is invalid: a parameter is missing",
    -114: "User cannot receive this message",
    -115: "Out of quota or balance",
    -116: "Content is invalid",
    -117: "OA or app has no permission to use this template",
    -118: "Zalo account is not existed",
    -119: "Account cannot receive this message",
    -121: "Body is empty",
    -122: "Body is not a valid JSON",
    -124: "Access token is invalid",
    -1241: "appsecret_proof is invalid",
    -131: "Template is not approved",
    -132: "Parameter is invalid",
    -133: "This message cannot be sent at night (22:00 - 06:00)",
    -137: "Zalo Cloud Account charge failed",
    -139: "User has refused to receive this type of message",
    -140: "User is not eligible for this type of message",
    -141: "User has refused to receive messages from this Official Account",
    -144: "Daily quota is exceeded",
    -147: "Template daily quota is exceeded",
}

OAUTH_NAMES = {
    -14002: "Invalid appId",
    -14003: "Invalid redirect uri",
    -14004: "Invalid secret key",
    -14014: "Invalid refresh token.",
    -118: "Invalid grant",
}


class Refused(Exception):
    """The platform says no: HTTP 200 with this number in `error`."""

    def __init__(self, code: int, message: str = ""):
        super().__init__(f"{code} {message}".strip())
        self.code = code
        self.message = message
