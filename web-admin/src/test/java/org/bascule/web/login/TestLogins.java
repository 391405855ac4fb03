package org.bascule.web.login;

import java.time.Instant;

/** Logins as they are after a good callback. */
final class TestLogins {

    static final Realm REALM = new Realm("https://id.example/realms/a", "domain-a", "A");

    private TestLogins() {}

    static SignedIn login(String csrf, Instant since) {
        return login(csrf, since, "realm-session-1", TestRealms.SUBJECT);
    }

    static SignedIn login(String csrf, Instant since, String realmSession, String userId) {
        Identity identity =
                new Identity(REALM, userId, "anna", null, null, Identity.Way.COOKIE, since.plus(LoginFlow.LONGEST));
        return new SignedIn(identity, realmSession, "id-token", csrf, since);
    }
}
