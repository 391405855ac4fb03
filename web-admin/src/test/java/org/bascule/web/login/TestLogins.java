package org.bascule.web.login;

import java.time.Instant;
import org.bascule.domain.identity.Caller;

/** Logins as they are after a good callback. */
final class TestLogins {

    static final Realm REALM = new Realm("https://id.example/realms/a", "domain-a", "A");

    /** Id of the domain's user. */
    static final String USER = "018f0000-0000-7000-8000-000000000001";

    private TestLogins() {}

    static SignedIn login(String csrf, Instant since) {
        return login(csrf, since, "realm-session-1", TestRealms.SUBJECT);
    }

    static SignedIn login(String csrf, Instant since, String realmSession, String subject) {
        Proof proof = new Proof(
                REALM,
                subject,
                "anna",
                null,
                null,
                Identity.Way.COOKIE,
                since.plus(LoginFlow.LONGEST),
                realmSession,
                since,
                null,
                null,
                null);
        return of(new FinishedLogin(proof, "id-token", csrf));
    }

    /** The login of a user who was known before the first sign-in: the domain's id is another than the subject. */
    static SignedIn of(FinishedLogin finished) {
        return finished.of(finished.proof().of(caller(finished.proof().realm())));
    }

    static Caller caller(Realm realm) {
        return new Caller(USER, "Anna", realm.domainId(), realm.domainName(), "192.0.2.7", null, null);
    }
}
