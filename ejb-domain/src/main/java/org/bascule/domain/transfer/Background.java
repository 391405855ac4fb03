package org.bascule.domain.transfer;

/** Where work goes on that nobody waits for. */
public interface Background {

    void run(Runnable work);
}
