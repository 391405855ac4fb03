package org.bascule.domain.transfer;

import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;

/** Threads of the container. */
@ApplicationScoped
public class ManagedBackground implements Background {

    @Resource(lookup = "java:comp/DefaultManagedExecutorService")
    @SuppressWarnings("NullAway.Init")
    ManagedExecutorService executor;

    @Override
    public void run(Runnable work) {
        executor.execute(work);
    }
}
