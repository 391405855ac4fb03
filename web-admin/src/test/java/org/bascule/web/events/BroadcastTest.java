package org.bascule.web.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.access.AccessRequests;
import org.bascule.domain.assistance.Assistance;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.logbook.Logbook;
import org.bascule.domain.session.Sessions;
import org.bascule.web.login.Identity;
import org.bascule.web.login.PresentStanding;
import org.bascule.web.login.Realm;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.socket.Outgoing;
import org.bascule.web.socket.RecordedLink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Two people of one domain listen, of whom one sees everything and the other nothing, and one of another domain who sees everything there. */
class BroadcastTest {

    private static final String ID = "018f0000-0000-7000-8000-00000000000a";

    private final Broadcast broadcast = new Broadcast();
    private final List<String> seeing = listener("a", "seeing");
    private final List<String> blind = listener("a", "blind");
    private final List<String> elsewhere = listener("b", "seeing");

    BroadcastTest() {
        broadcast.directory = new Directory() {
            @Override
            public boolean sees(Caller caller, String resourceId) {
                return isSeeing(caller);
            }

            @Override
            public boolean seesPrincipal(Caller caller, String id) {
                return isSeeing(caller);
            }
        };
        broadcast.sessions = new Sessions() {
            @Override
            public boolean sees(Caller caller, String deviceUid, String sessionUserId) {
                return isSeeing(caller);
            }
        };
        broadcast.logbook = new Logbook() {
            @Override
            public boolean mayRead(Caller caller) {
                return isSeeing(caller);
            }
        };
        broadcast.standing = new PresentStanding() {
            @Override
            public Optional<ProblemCode> refusal(Identity identity) {
                return Optional.ofNullable(refusals.get(identity.getName()));
            }
        };
        broadcast.assistance = new Assistance() {
            @Override
            public boolean receives(Caller caller, String uid) {
                return isSeeing(caller);
            }
        };
        broadcast.requests = new AccessRequests() {
            @Override
            public boolean sees(Caller caller, String resource, String requester) {
                return isSeeing(caller);
            }
        };
    }

    private final Map<String, ProblemCode> refusals = new HashMap<>();

    private static boolean isSeeing(Caller caller) {
        return caller.userId().equals("seeing");
    }

    private List<String> listener(String domain, String user) {
        RecordedLink link = new RecordedLink();
        Identity identity = new Identity(
                new Realm("https://id.example/realms/" + domain, domain, domain),
                user,
                user,
                user,
                null,
                null,
                Identity.Way.COOKIE,
                Instant.MAX,
                new Credential("sign-in of " + user, null, null));
        broadcast.add(new Listener(identity, "192.0.2.7", new Outgoing(link, 100, 10_000)));
        return link.heard;
    }

    static final List<LiveEvent> ABOUT_SOMETHING = List.of(
            new LiveEvent.DeviceChanged("a", ID, "online", null, "pump"),
            new LiveEvent.DeviceAdded("a", ID, ID),
            new LiveEvent.DeviceRevoked("a", ID),
            new LiveEvent.DeviceAlarm("a", ID, "claimed"),
            new LiveEvent.FolderChanged("a", ID, "added"),
            new LiveEvent.FolderChanged("a", ID, "moved"),
            new LiveEvent.PrincipalChanged("a", ID, "user", "changed"),
            new LiveEvent.PrincipalChanged("a", ID, "group", "added"),
            new LiveEvent.SessionChanged("a", ID, ID, "somebody", "started"),
            new LiveEvent.AssistanceChanged("a", ID, ID, "open", ""),
            new LiveEvent.AccessRequested("a", ID, "open", ID, "somebody"),
            new LiveEvent.ConsentChanged("a", ID, ID, "somebody", "asking"),
            new LiveEvent.ImportChanged("a", ID, "seeing", "token", "running", 1, 2),
            new LiveEvent.AuditAdded("a"));

    @ParameterizedTest
    @FieldSource("ABOUT_SOMETHING")
    void eventGoesToWhoSeesWhatItIsAboutAndToNobodyElse(LiveEvent event) {
        broadcast.deliver(List.of(event));
        assertThat(seeing).containsExactly(EventText.of(event));
        assertThat(blind).isEmpty();
        assertThat(elsewhere).isEmpty();
    }

    @Test
    void removalTellsNobodyWhatIsGone() {
        broadcast.deliver(List.of(
                new LiveEvent.DeviceRemoved("a", ID),
                new LiveEvent.FolderChanged("a", ID, "removed"),
                new LiveEvent.PrincipalChanged("a", ID, "user", "removed")));
        assertThat(seeing).as("once, however much is gone").containsExactly(EventText.DIRECTORY);
        assertThat(blind).containsExactly(EventText.DIRECTORY);
        assertThat(elsewhere).isEmpty();
    }

    @Test
    void whoDoesNotSeeWhatWasMovedHearsThatTheDirectoryChanged() {
        LiveEvent moved = new LiveEvent.ResourceMoved("a", ID, 1);
        broadcast.deliver(List.of(moved));
        assertThat(seeing).containsExactly(EventText.of(moved));
        assertThat(blind).containsExactly(EventText.DIRECTORY);
        assertThat(elsewhere).isEmpty();
    }

    @Test
    void socketOfASignInThatEndsIsClosedAndOthersStay() {
        broadcast.deliver(List.of(new LiveEvent.CredentialEnded("a", "sign-in of blind")));
        assertThat(blind).containsExactly(EventText.signedOut(Optional.empty()), "closed 1008");
        assertThat(seeing).isEmpty();
    }

    /** On other nodes nothing is told: they ask. */
    @Test
    void socketOfASignInThatEndedElsewhereIsClosed() {
        broadcast.closeAllBut(Set.of("sign-in of seeing"));
        assertThat(blind).containsExactly(EventText.signedOut(Optional.empty()), "closed 1008");
        assertThat(seeing).isEmpty();
        assertThat(elsewhere).isEmpty();
    }

    /** Neither a sign-in nor an API token has to end for that. */
    @ParameterizedTest
    @EnumSource(
            value = ProblemCode.class,
            names = {"ACCOUNT_DISABLED", "ACCOUNT_EXPIRED", "SECOND_FACTOR_REQUIRED"})
    void socketOfSomebodyWhoseRequestsWouldBeRefusedIsClosedAndTellsWhy(ProblemCode why) {
        refusals.put("a/blind", why);
        broadcast.closeAllBut(Set.of("sign-in of seeing", "sign-in of blind"));
        assertThat(blind).containsExactly(EventText.signedOut(Optional.of(why)), "closed 1008");
        assertThat(seeing).isEmpty();
        assertThat(elsewhere).isEmpty();
    }

    @Test
    void signInThatEndsBecauseOfTheAccountSaysSo() {
        refusals.put("a/blind", ProblemCode.ACCOUNT_DISABLED);
        broadcast.deliver(List.of(new LiveEvent.CredentialEnded("a", "sign-in of blind")));
        assertThat(blind)
                .containsExactly(EventText.signedOut(Optional.of(ProblemCode.ACCOUNT_DISABLED)), "closed 1008");
    }

    @Test
    void whatConcernsEverybodyGoesToEverybodyOfTheDomain() {
        broadcast.deliver(List.of(
                new LiveEvent.RightsChanged("a", 1),
                new LiveEvent.OptionsChanged("a"),
                new LiveEvent.DirectoryImported("a")));
        assertThat(seeing).hasSize(3).isEqualTo(blind);
        assertThat(elsewhere).isEmpty();
    }
}
