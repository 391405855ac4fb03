package org.bascule.domain.testing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** What can go wrong with the database while something is being done. */
public final class DatabaseTrouble {

    private DatabaseTrouble() {}

    /** Changes of sessions fail meanwhile, where this is so. */
    public static void deadlocking(String condition, Runnable work) throws SQLException {
        superuser("create trigger bascule.tr_test_session before update on bascule.remote_session for each row"
                + " begin if " + condition + " then signal sqlstate '40001'"
                + " set mysql_errno = 1213, message_text = 'deadlock of the test'; end if; end");
        try {
            work.run();
        } finally {
            superuser("drop trigger if exists bascule.tr_test_session");
        }
    }

    /** Nobody can read this table meanwhile. */
    public static void without(String table, Runnable work) throws SQLException {
        superuser("rename table bascule." + table + " to bascule." + table + "_away");
        try {
            work.run();
        } finally {
            superuser("rename table bascule." + table + "_away to bascule." + table);
        }
    }

    /** Until one transaction waits for another. The server renews what it says about this when nobody has asked for 100 ms. */
    public static void awaitLockWait() throws InterruptedException, SQLException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!waits()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("no transaction waits for another");
            }
            Thread.sleep(150);
        }
    }

    private static boolean waits() throws SQLException {
        try (Connection connection = TestDatabase.get().superuser().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select 1 from information_schema.innodb_trx where trx_state = 'LOCK WAIT' limit 1")) {
            return rows.next();
        }
    }

    private static void superuser(String command) throws SQLException {
        try (Connection connection = TestDatabase.get().superuser().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(command);
        }
    }
}
