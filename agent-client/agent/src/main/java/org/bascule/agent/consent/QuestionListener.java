package org.bascule.agent.consent;

/** A way to show questions. Called on a thread that may wait, but not for long; a failure is the listener's own. */
public interface QuestionListener {

    void opened(Question question);

    /** It was answered, here or elsewhere, or nobody waits for the answer any more. */
    void closed(Question question);
}
