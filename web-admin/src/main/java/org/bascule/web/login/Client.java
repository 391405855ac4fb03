package org.bascule.web.login;

import com.nimbusds.oauth2.sdk.auth.Secret;

/**
 * This application's client at the identity provider: the same id and secret in every realm.
 *
 * @param id of the web application
 * @param secret of the web application
 */
record Client(String id, Secret secret) {

    @Override
    public String toString() {
        return "Client[" + id + ", secret [REDACTED]]";
    }
}
