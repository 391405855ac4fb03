package org.bascule.domain.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.enrolment.Enrolments;
import org.bascule.domain.enrolment.TokenCreated;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CreationsTest {

    private static final IdempotencyKey KEY = new IdempotencyKey("2b1c7f3e-key-of-a-test");

    private final TestDomain domain = new TestDomain().started();
    private final Creations creations = domain.get(Creations.class);
    private final Enrolments enrolments = domain.get(Enrolments.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final AtomicInteger made = new AtomicInteger();

    private StoredAnswer token(Caller caller) throws RefusedException {
        made.incrementAndGet();
        TokenCreated created = enrolments.create(caller, sample.root, Duration.ofHours(1), 1);
        return new StoredAnswer(201, "\"1\"", null, created.token().reveal());
    }

    private StoredAnswer once(Caller caller, IdempotencyKey key, String request) throws Exception {
        return creations.once(caller, key, Sha256.of(request), () -> token(caller));
    }

    private long tokens() throws RefusedException {
        return enrolments.tokens(owner, Cursor.first(50)).items().size();
    }

    @Test
    void aRepeatedRequestGetsTheFirstAnswerAndCreatesNothing() throws Exception {
        StoredAnswer first = once(owner, KEY, "a");
        StoredAnswer second = once(owner, KEY, "a");
        assertThat(second).isEqualTo(first);
        assertThat(made).hasValue(1);
        assertThat(tokens()).isEqualTo(1);
        assertThat(first.toString()).doesNotContain(first.body());
    }

    @Test
    void whoHasLostTheRightDoesNotGetTheSecretAgain() throws Exception {
        Caller installer = sample.user("installer");
        sample.entry(sample.root, installer.userId(), Permission.INSTALL_DEVICES, Effect.ALLOW);
        sample.entry(sample.root, installer.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        StoredAnswer first = once(installer, KEY, "a");
        assertThat(once(installer, KEY, "a")).isEqualTo(first);
        sample.entry(sample.root, installer.userId(), Permission.INSTALL_DEVICES, Effect.DENY);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> once(installer, KEY, "a"))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.FORBIDDEN));
        assertThat(made).hasValue(1);
    }

    @Test
    void anotherRequestWithTheKeyIsAConflict() throws Exception {
        once(owner, KEY, "a");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> once(owner, KEY, "b"))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.IDEMPOTENCY_CONFLICT));
        assertThat(tokens()).isEqualTo(1);
    }

    @Test
    void keysOfOthersAreOthers() throws Exception {
        Caller deputy = sample.user("deputy");
        sample.entry(sample.root, deputy.userId(), Permission.INSTALL_DEVICES, Effect.ALLOW);
        assertThat(once(owner, KEY, "a")).isNotEqualTo(once(deputy, KEY, "a"));
        Sample other = new Sample(domain);
        Caller stranger = domain.caller(other.id, other.name, owner.userId(), "owner");
        assertThatExceptionOfType(RefusedException.class)
                .as("what is created there is decided there")
                .isThrownBy(() -> once(stranger, KEY, "a"));
        assertThat(tokens()).isEqualTo(2);
    }

    @Test
    void aRefusedCreationKeepsNothingAndIsDecidedAnew() throws Exception {
        Caller newcomer = sample.user("newcomer");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> once(newcomer, KEY, "a"))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.NOT_FOUND));
        for (Permission permission : Permission.values()) {
            sample.entry(sample.root, newcomer.userId(), permission, Effect.ALLOW);
        }
        assertThat(once(newcomer, KEY, "a").status()).isEqualTo(201);
    }

    /** The process dies, or the connection breaks, after the creation and before the commit: neither is there. */
    @Test
    void keyAndCreationAreThereTogetherOrNotAtAll() throws Exception {
        assertThatThrownBy(() -> creations.once(owner, KEY, Sha256.of("a"), () -> {
                    token(owner);
                    throw new IllegalStateException("the plug is pulled");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the plug is pulled");
        assertThat(tokens()).isZero();
        assertThat(keys()).isZero();
        once(owner, KEY, "a");
        assertThat(tokens()).isEqualTo(1);
    }

    /** Two creations lock the same two rows, each in its own order. */
    @Test
    void aCreationThatLostADeadlockIsDoneOnceMore() throws Exception {
        List<String> rows = List.of(sample.folder(sample.root, "a"), sample.folder(sample.root, "b"));
        CyclicBarrier bothHoldOne = new CyclicBarrier(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<StoredAnswer>> answers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                List<String> order = i == 0 ? rows : List.of(rows.get(1), rows.get(0));
                IdempotencyKey key = new IdempotencyKey("key-of-the-deadlock-" + i);
                AtomicInteger attempts = new AtomicInteger();
                answers.add(threads.submit(() -> creations.once(owner, key, Sha256.of("a"), () -> {
                    lock(order.get(0));
                    if (attempts.getAndIncrement() == 0) {
                        bothHoldOne.await(20, TimeUnit.SECONDS);
                    }
                    lock(order.get(1));
                    return new StoredAnswer(201, null, null, "\"" + made.incrementAndGet() + "\"");
                })));
            }
            for (Future<StoredAnswer> answer : answers) {
                assertThat(answer.get(60, TimeUnit.SECONDS).status()).isEqualTo(201);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(made).hasValue(2);
        assertThat(keys()).isEqualTo(2);
    }

    private void lock(String id) {
        domain.sql
                .in(sample.id)
                .statement("update resource set version = version + 1 where domain_id = :domain and id = :id")
                .set("id", id)
                .update();
    }

    private long keys() {
        return domain.sql
                .in(sample.id)
                .statement("select count(*) from creation_key where domain_id = :domain")
                .number();
    }

    @Test
    void whoComesAtTheSameTimeWaitsForTheSameAnswer() throws Exception {
        List<String> answers = race(8, false);
        assertThat(answers).hasSize(8).containsOnly(answers.get(0));
        assertThat(tokens()).isEqualTo(1);
    }

    @Test
    void whenTheFirstFailsOneOfThoseWhoWaitCreates() throws Exception {
        List<String> answers = race(8, true);
        List<String> successes =
                answers.stream().filter(answer -> !answer.equals("failed")).toList();
        assertThat(answers).filteredOn("failed"::equals).hasSize(1);
        assertThat(successes).hasSize(7).containsOnly(successes.get(0));
        assertThat(tokens()).isEqualTo(1);
    }

    private List<String> race(int racers, boolean firstFails) throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger entered = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(racers);
        try {
            List<Future<String>> results = new ArrayList<>();
            for (int i = 0; i < racers; i++) {
                results.add(threads.submit(() -> {
                    try {
                        return creations
                                .once(owner, KEY, Sha256.of("a"), () -> {
                                    boolean first = entered.getAndIncrement() == 0;
                                    inside.countDown();
                                    if (first) {
                                        assertThat(go.await(20, TimeUnit.SECONDS))
                                                .isTrue();
                                    }
                                    if (first && firstFails) {
                                        throw new IllegalStateException("first");
                                    }
                                    return token(owner);
                                })
                                .body();
                    } catch (IllegalStateException e) {
                        return "failed";
                    }
                }));
            }
            assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
            awaitWaiting();
            go.countDown();
            List<String> answers = new ArrayList<>();
            for (Future<String> result : results) {
                answers.add(result.get(60, TimeUnit.SECONDS));
            }
            return answers;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Until others wait for the row, so that the race is one. */
    private void awaitWaiting() throws InterruptedException {
        for (int i = 0; i < 1_000; i++) {
            long waiting = domain.sql
                    .acrossDomains()
                    .statement("select count(*) from information_schema.processlist where info like :text")
                    .set("text", "%insert into creation_key%")
                    .number();
            if (waiting >= 5) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("nobody waits: there is no race");
    }

    @Test
    void nothingOfTheAnswerIsInTheDatabaseInClear() throws Exception {
        String token = once(owner, KEY, "a").body();
        byte[] sealed = domain.sql
                .in(sample.id)
                .statement("select sealed from creation_key where domain_id = :domain")
                .first(row -> row.bytes(1))
                .orElseThrow();
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1))
                .doesNotContain(token)
                .doesNotContain("status")
                .doesNotContain(new String(Sha256.of("a"), StandardCharsets.ISO_8859_1));
    }

    @Test
    void anAnswerIsNobodyElsesAnswer() throws Exception {
        once(owner, KEY, "a");
        IdempotencyKey other = new IdempotencyKey("another-key-of-a-test");
        domain.transactions.inNew(() -> domain.sql
                .in(sample.id)
                .statement("update creation_key set idempotency_key = :other where domain_id = :domain")
                .set("other", other.text())
                .update());
        assertThatThrownBy(() -> once(owner, other, "a")).hasMessageContaining("creation-answer");
    }

    @Test
    void aKeyIsForgottenAfterADay() throws Exception {
        StoredAnswer first = once(owner, KEY, "a");
        domain.clock.advance(Duration.ofHours(24));
        assertThat(once(owner, KEY, "a")).isEqualTo(first);
        domain.clock.advance(Duration.ofSeconds(1));
        assertThat(once(owner, KEY, "b")).isNotEqualTo(first);
        domain.clock.advance(Duration.ofHours(25));
        creations.sweep();
        assertThat(keys()).isZero();
    }

    @Test
    void keysOfOneUserAreBounded() throws Exception {
        domain.transactions.inNew(() -> {
            String rows = String.join(
                    ",",
                    IntStream.range(0, Creations.MAX_KEYS)
                            .mapToObj(i -> "(:domain, :user, 'key-number-%08d', :now)".formatted(i))
                            .toList());
            return domain.sql
                    .in(sample.id)
                    .statement("insert into creation_key (domain_id, user_id, idempotency_key, created) values " + rows)
                    .set("user", owner.userId())
                    .set("now", domain.clock.instant())
                    .update();
        });
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> once(owner, KEY, "a"))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.TOO_MANY_REQUESTS));
        assertThat(tokens()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "short",
                "has a space in it",
                "drop'table--------",
                "ümläüt-0123456789",
                "key\nkey-0123456789"
            })
    void otherFormsAreRefused(String text) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> IdempotencyKey.parse(text))
                .satisfies(e -> assertThat(e.fields()).singleElement().satisfies(field -> assertThat(field.field())
                        .isEqualTo("Idempotency-Key")));
        assertThatThrownBy(() -> IdempotencyKey.parse("x".repeat(65))).isInstanceOf(RefusedException.class);
    }
}
