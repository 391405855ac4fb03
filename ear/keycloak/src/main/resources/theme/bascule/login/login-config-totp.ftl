<#import "template.ftl" as layout>
<#import "field.ftl" as field>
<#import "password-commons.ftl" as passwordCommons>
<#-- Picture and secret on one page. -->
<@layout.registrationLayout displayRequiredFields=false displayMessage=!messagesPerField.existsError('totp','userLabel'); section>
    <#if section = "header">
        ${msg("loginTotpTitle")}
    <#elseif section = "form">
        <ol id="kc-totp-settings" class="pf-v5-c-list pf-v5-u-mb-md">
            <li><p>${msg("basculeTotpApp")}</p></li>
            <li>
                <p>${msg("basculeTotpScan")}</p>
                <img id="kc-totp-secret-qr-code" src="data:image/png;base64, ${totp.totpSecretQrCode}" alt="${msg("basculeTotpPicture")}">
                <p>${msg("basculeTotpType")}<br><span id="kc-totp-secret-key">${totp.totpSecretEncoded}</span></p>
            </li>
            <li><p>${msg("basculeTotpCode")}</p></li>
        </ol>
        <form action="${url.loginAction}" class="${properties.kcFormClass!}" id="kc-totp-settings-form" method="post" novalidate="novalidate">
            <@field.input name="totp" label=msg("authenticatorCode") required=true autocomplete="one-time-code" autofocus=true />
            <input type="hidden" id="totpSecret" name="totpSecret" value="${totp.totpSecret}" />
            <@field.input name="userLabel" label=msg("loginTotpDeviceName") required=(totp.otpCredentials?size gte 1) autocomplete="off" />
            <@passwordCommons.logoutOtherSessions/>
            <div class="pf-v5-c-form__group pf-m-action">
                <div class="pf-v5-c-form__actions">
                    <input type="submit" id="saveTOTPBtn" value="${msg("doSubmit")}"
                           class="${properties.kcButtonClass!} ${properties.kcButtonPrimaryClass!} <#if !isAppInitiatedAction??>${properties.kcButtonBlockClass!}</#if>" />
                    <#if isAppInitiatedAction??>
                        <button type="submit" id="cancelTOTPBtn" name="cancel-aia" value="true"
                                class="${properties.kcButtonClass!} ${properties.kcButtonSecondaryClass!}">${msg("doCancel")}</button>
                    </#if>
                </div>
            </div>
        </form>
    </#if>
</@layout.registrationLayout>
