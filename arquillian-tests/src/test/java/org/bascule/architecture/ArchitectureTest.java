package org.bascule.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Preset;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules of the house ({@code docs/decisions}), each with its reason. */
class ArchitectureTest {

    /** Everything that crosses a wire is shared by servers, agents and command line: it must fit everywhere. */
    @Test
    void wireNeedsTheJdkAndJakartaJsonOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax.security.auth.x500..",
                        "jakarta.json..",
                        "org.jspecify.annotations..",
                        "org.bascule.wire..")
                .check(Modules.WIRE.classes());
    }

    /** A relay must not be able to read a session, and has no database to leak. */
    @Test
    void relayCannotSeeTheEndToEndCodeOrPersistence() {
        classes()
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.describe(
                        "are the JDK's, the container's web, CDI and configuration, wire or the relay's own",
                        type -> isOneOf(
                                        type,
                                        "java.",
                                        "javax.net.ssl.",
                                        "jakarta.annotation.",
                                        "jakarta.enterprise.",
                                        "jakarta.inject.",
                                        "jakarta.json.",
                                        "jakarta.security.enterprise.",
                                        "jakarta.servlet.",
                                        "org.eclipse.microprofile.",
                                        "org.jspecify.",
                                        "org.bascule.wire.",
                                        "org.bascule.websocket.",
                                        "org.bascule.relay.")
                                && !type.getPackageName().startsWith("java.sql")))
                .check(Modules.RELAY.classes());
    }

    /** Bytes and frames: what they mean is known to whoever uses them. */
    @Test
    void webSocketsNeedTheJdkAndServletsOnly() {
        classes()
                .that()
                .resideOutsideOfPackage("org.bascule.websocket.container..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "jakarta.servlet..", "org.jspecify.annotations..", "org.bascule.websocket..")
                .check(Modules.WEBSOCKET.classes());
    }

    /** The container's own WebSockets take requests back under threads that still use them ({@code docs/decisions/0034}). */
    @ParameterizedTest
    @EnumSource(Modules.class)
    void nobodyUsesTheContainersWebSockets(Modules module) {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jakarta.websocket..")
                .check(module.classes());
    }

    /** Another server, or another release of this one, is a matter of two packages ({@code docs/decisions/0051} and 0054). */
    @ParameterizedTest
    @EnumSource(Modules.class)
    void twoPackagesKnowTheServerFromWithin(Modules module) {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.bascule.web.listener..", "org.bascule.websocket.container..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.glassfish..", "org.apache.catalina..", "com.sun.enterprise..", "fish.payara..")
                .check(module.classes());
    }

    /** The session library runs in agent and command line, without a server's libraries; Bouncy Castle is there for ML-KEM alone. */
    @Test
    void sessionNeedsTheJdkWireAndOneKem() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax.crypto..",
                        "javax.net.ssl..",
                        "javax.security.auth.x500..",
                        "jakarta.json..",
                        "org.jspecify.annotations..",
                        "org.bascule.wire..",
                        "org.bascule.session..",
                        "org.bouncycastle..")
                .check(Modules.SESSION.classes());
        noClasses()
                .that()
                .resideOutsideOfPackage("org.bascule.session.noise..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bouncycastle..")
                .check(Modules.SESSION.classes());
    }

    /** The domain is called by whatever front end there is; it has none itself. (It does call Keycloak, as a JAX-RS client.) */
    @Test
    void domainKnowsNoFrontEnd() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "jakarta.servlet..",
                        "jakarta.ws.rs.container..",
                        "org.bascule.web..",
                        "org.bascule.session..",
                        "org.bascule.relay..")
                .check(Modules.DOMAIN.classes());
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("jakarta.ws.rs.Path")
                .check(Modules.DOMAIN.classes());
    }

    /** Whoever offers permissions says which of them do nothing yet: that must be neither forgotten nor outlive the feature. */
    @Test
    void permissionsAreMarkedAsUnusedIfNothingAsksForThem() {
        Set<String> catalogue = Set.of(Permission.class.getName(), Preset.class.getName());
        Set<String> asked = Stream.of(Modules.DOMAIN, Modules.WEB)
                .flatMap(module -> module.classes().stream())
                .filter(type -> !catalogue.contains(type.getName()))
                .flatMap(type -> type.getFieldAccessesFromSelf().stream())
                .filter(access -> access.getTargetOwner().getName().equals(Permission.class.getName()))
                .map(access -> access.getTarget().getName())
                .collect(Collectors.toSet());
        assertThat(asked).as("the search finds something").contains("TERMINAL", "MANAGE_ALARMS");
        for (Permission permission : Permission.values()) {
            assertThat(permission.isUsed())
                    .as("marked as used: " + permission.code())
                    .isEqualTo(asked.contains(permission.name()));
        }
    }

    /** The container refuses to call anything else of a session bean ("Not a business method"), and no test without a container notices. */
    @Test
    void sessionBeansAreCalledThroughPublicMethodsAlone() {
        methods()
                .that()
                .areDeclaredInClassesThat()
                .areAnnotatedWith("jakarta.ejb.Stateless")
                .or()
                .areDeclaredInClassesThat()
                .areAnnotatedWith("jakarta.ejb.Singleton")
                .should(bePublicIfOtherClassesCallThem())
                .check(Modules.DOMAIN.classes());
    }

    private static ArchCondition<JavaMethod> bePublicIfOtherClassesCallThem() {
        return new ArchCondition<>("be public if other classes call them") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                Set<JavaModifier> modifiers = method.getModifiers();
                boolean called = method.getCallsOfSelf().stream()
                        .anyMatch(call -> !topLevel(call.getOriginOwner()).equals(topLevel(method.getOwner())));
                boolean fine = modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.STATIC);
                events.add(new SimpleConditionEvent(method, fine || !called, method.getFullName() + " is not public"));
            }
        };
    }

    private static JavaClass topLevel(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::topLevel).orElse(type);
    }

    /** The access server carries handshakes and must not be able to take part in one. */
    @Test
    void theAccessServerCannotSeeTheEndToEndCode() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.bascule.session..", "org.bascule.agent..", "org.bascule.relay..", "jakarta.persistence..")
                .check(Modules.WEB.classes());
    }

    @Test
    void agentAndCommandLineDoNotKnowEachOther() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bascule.control..")
                .check(Modules.AGENT.classes());
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bascule.agent..")
                .check(Modules.CONTROL.classes());
    }

    /** But for what starts a program ({@code Main}, and the rehearsal for its class archive), which stands in the root package. */
    @ParameterizedTest
    @EnumSource(Modules.class)
    void packagesHaveNoCycles(Modules module) {
        slices().assignedFrom(byPackage())
                .should()
                .beFreeOfCycles()
                .ignoreDependency(
                        JavaClass.Predicates.simpleName("Main").or(JavaClass.Predicates.simpleName("Rehearsal")),
                        DescribedPredicate.alwaysTrue())
                .check(module.classes());
    }

    @ParameterizedTest
    @EnumSource(Modules.class)
    void everyPackageIsNullMarked(Modules module) {
        classes().should(beInANullMarkedPackage()).check(module.classes());
    }

    private static SliceAssignment byPackage() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(type.getPackageName());
            }

            @Override
            public String getDescription() {
                return "packages";
            }
        };
    }

    private static boolean isOneOf(JavaClass type, String... prefixes) {
        String name = type.getBaseComponentType().getName();
        if (type.getBaseComponentType().isPrimitive()) {
            return true;
        }
        for (String prefix : prefixes) {
            if (name.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    private static ArchCondition<JavaClass> beInANullMarkedPackage() {
        return new ArchCondition<>("be in a package marked @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                events.add(new SimpleConditionEvent(type, marked, type.getPackageName() + " is marked: " + marked));
            }
        };
    }
}
