<#import "template.ftl" as layout>
<#import "field.ftl" as field>
<#import "buttons.ftl" as buttons>
<#-- With the code of a link, which its reader compares and confirms. -->
<@layout.registrationLayout; section>
    <#if section = "header">
        ${msg("oauth2DeviceVerificationTitle")}
    <#elseif section = "form">
        <form id="kc-user-verify-device-user-code-form" class="${properties.kcFormClass!}" action="${url.oauth2DeviceVerificationAction}" method="post">
            <p id="bascule-device-warning">${msg("basculeDeviceWarning")}</p>
            <@field.input name="device_user_code" label=msg("verifyOAuth2DeviceUserCode") value=(basculeUserCode!"") autofocus=true />
            <@buttons.actionGroup>
                <@buttons.button id="kc-login" label="doSubmit" />
            </@buttons.actionGroup>
        </form>
    </#if>
</@layout.registrationLayout>
