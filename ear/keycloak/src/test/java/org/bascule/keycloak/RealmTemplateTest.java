package org.bascule.keycloak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.keycloak.authentication.AuthenticatorFactory;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.requiredactions.VerifyEmail;
import org.keycloak.util.JsonSerialization;

/** The template of realms fits this provider, and no way around the access server's count is in it. */
class RealmTemplateTest {

    /** What may stand in a flow besides our own: it checks nothing that could be guessed. */
    private static final Set<String> HARMLESS =
            Set.of("auth-cookie", "identity-provider-redirector", "idp-create-user-if-unique", "reset-password");

    private final Map<?, ?> realm;

    RealmTemplateTest() throws IOException {
        realm = JsonSerialization.valueFromString(Files.readString(Path.of("src/main/realm/realm.json")), Map.class);
    }

    private static Object value(Map<?, ?> of, String name) {
        return Objects.requireNonNull(of.get(name), name);
    }

    private static List<Map<?, ?>> list(Map<?, ?> of, String name) {
        return ((List<?>) value(of, name))
                .stream().<Map<?, ?>>map(Map.class::cast).toList();
    }

    private List<Map<?, ?>> executions() {
        return list(realm, "authenticationFlows").stream()
                .flatMap(flow -> list(flow, "authenticationExecutions").stream())
                .toList();
    }

    @Test
    void addressesAreConfirmedByOurStepAndBeforeAnythingElseThatIsRequired() {
        RequiredActionFactory ours = ServiceLoader.load(RequiredActionFactory.class).stream()
                .filter(provider -> provider.type().equals(ConfirmAddress.class))
                .map(ServiceLoader.Provider::get)
                .findAny()
                .orElseThrow();
        assertThat(ours.order()).isGreaterThan(new VerifyEmail().order());
        assertThat(list(realm, "requiredActions").stream()
                        .min(Comparator.comparingInt(action -> ((Number) value(action, "priority")).intValue()))
                        .orElseThrow()
                        .get("providerId"))
                .isEqualTo(ours.getId());
        assertThat(realm.get("verifyEmail")).as("at every sign-in").isEqualTo(false);
    }

    @Test
    void flowsHaveOurStepsAndHarmlessOnesOnly() {
        Set<String> ours = ServiceLoader.load(AuthenticatorFactory.class).stream()
                .filter(provider -> provider.type().getPackage().equals(Guarded.class.getPackage()))
                .map(provider -> provider.get().getId())
                .collect(Collectors.toSet());
        assertThat(ours).hasSize(13).allMatch(id -> id.startsWith("bascule-"));
        assertThat(executions().stream()
                        .filter(execution -> execution.containsKey("authenticator"))
                        .map(execution -> (String) execution.get("authenticator")))
                .isNotEmpty()
                .allMatch(id -> ours.contains(id) || HARMLESS.contains(id))
                .as("each is used")
                .containsAll(ours);
    }

    @Test
    void flowsCarryTheVersionAndEachHasOneParentOrIsBound() {
        String prefix = "bascule " + value((Map<?, ?>) value(realm, "attributes"), ClientGuard.TEMPLATE) + " ";
        List<String> parents = new ArrayList<>();
        executions().stream()
                .filter(execution -> execution.containsKey("flowAlias"))
                .forEach(execution -> parents.add((String) execution.get("flowAlias")));
        assertThat(parents).doesNotHaveDuplicates();
        for (Map<?, ?> flow : list(realm, "authenticationFlows")) {
            String alias = (String) flow.get("alias");
            assertThat(alias).startsWith(prefix);
            assertThat(parents.contains(alias)).as(alias).isNotEqualTo(flow.get("topLevel"));
        }
        for (String bound : List.of("browserFlow", "resetCredentialsFlow", "directGrantFlow", "firstBrokerLoginFlow")) {
            assertThat(list(realm, "authenticationFlows")).as(bound).anyMatch(flow -> value(flow, "alias")
                    .equals(realm.get(bound)));
        }
    }

    /** Nothing but a provider's answer leads there: a flow that people of the realm go through as well would say that somebody vouched who was not asked. */
    @Test
    void onlyWhatFollowsAProvidersAnswerSaysThatItVouched() {
        List<Object> saying = list(realm, "authenticationFlows").stream()
                .filter(flow -> list(flow, "authenticationExecutions").stream()
                        .anyMatch(execution -> "bascule-vouched".equals(execution.get("authenticator"))))
                .map(flow -> value(flow, "alias"))
                .toList();
        assertThat(saying).containsExactly("bascule 4 after corporate sign-in");
        for (String client : List.of("bascule-web", "bascule-cli")) {
            assertThat(list(realm, "clients"))
                    .filteredOn(one -> client.equals(one.get("clientId")))
                    .singleElement()
                    .satisfies(one -> assertThat(list(one, "protocolMappers"))
                            .map(mapper -> (Map<?, ?>) value(mapper, "config"))
                            .anyMatch(config -> VouchedStep.AT.equals(config.get("user.session.note"))
                                    && "vouched_at".equals(config.get("claim.name"))
                                    && "true".equals(config.get("id.token.claim"))
                                    && "true".equals(config.get("access.token.claim"))));
        }
    }

    /** Keycloak would take an alternative without its condition, or ignore it beside a required one. */
    @Test
    void everyConditionalFlowBeginsWithItsCondition() {
        Set<Object> conditional = executions().stream()
                .filter(execution -> "CONDITIONAL".equals(execution.get("requirement")))
                .map(execution -> (Object) execution.get("flowAlias"))
                .collect(Collectors.toSet());
        assertThat(conditional).hasSize(6);
        for (Map<?, ?> flow : list(realm, "authenticationFlows")) {
            Object first = list(flow, "authenticationExecutions").get(0).get("authenticator");
            assertThat(first != null && first.toString().endsWith("-due"))
                    .as(value(flow, "alias").toString())
                    .isEqualTo(conditional.contains(flow.get("alias")));
        }
    }

    @Test
    void aStrangerLocksNobodyOutForLong() {
        assertThat(realm.get("permanentLockout")).isEqualTo(false);
        assertThat((Integer) realm.get("maxFailureWaitSeconds")).isLessThanOrEqualTo(60);
        assertThat((Integer) realm.get("failureFactor"))
                .as("more than one address can make within the time of a block")
                .isGreaterThan(5 * 2);
        assertThat(realm.get("quickLoginCheckMilliSeconds")).isEqualTo(0);
    }

    @Test
    void passwordsAreHashedWithArgon2() {
        assertThat(value(realm, "passwordPolicy").toString()).contains("hashAlgorithm(argon2)");
    }

    @Test
    void everySentenceIsThereInBothLanguages() throws IOException {
        Path folder = Path.of("src/main/resources/theme/bascule/login/messages");
        assertThat(keys(folder.resolve("messages_de.properties")))
                .isEqualTo(keys(folder.resolve("messages_en.properties")))
                .containsAll(Stream.of(RefusedException.Reason.values())
                        .map(Refusals::message)
                        .toList());
    }

    private static Set<String> keys(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
        }
        return properties.stringPropertyNames();
    }
}
