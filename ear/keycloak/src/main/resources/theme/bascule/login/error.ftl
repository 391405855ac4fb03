<#import "template.ftl" as layout>
<#-- The sentence, and what to do next. -->
<@layout.registrationLayout displayMessage=false; section>
    <#if section = "header">
        ${msg("errorTitle")}
    <#elseif section = "form">
        <div id="kc-error-message">
            <p class="instruction" role="alert">${message.summary}</p>
            <#if traceId??>
                <p class="instruction" id="traceId">${msg("traceIdSupportMessage", traceId)}</p>
            </#if>
            <#if basculeTryAgain?? && (url.loginRestartFlowUrl)?has_content>
                <p class="pf-v5-u-mt-md"><a id="try-again" href="${url.loginRestartFlowUrl}">${msg("doTryAgain")}</a></p>
            <#elseif !skipLink?? && client?? && client.baseUrl?has_content>
                <p class="pf-v5-u-mt-md"><a id="backToApplication" href="${client.baseUrl}">${msg("backToApplication")}</a></p>
            </#if>
        </div>
    </#if>
</@layout.registrationLayout>
