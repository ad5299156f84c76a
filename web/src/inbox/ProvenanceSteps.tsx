import { Progress } from "@mantine/core";
import { IconCheck, IconCoins, IconLanguage, IconSparkles, IconTemplate, IconX, type Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Provenance } from "../api/types";
import { Chip } from "../ui/Chip";
import styles from "./provenance.module.css";

const MICRO = 1_000_000;

/** ProvenanceSteps tells in order how a reply came about. */
export function ProvenanceSteps({ reply }: { reply: Provenance }) {
  const { t } = useTranslation();
  return (
    <ol className={styles.steps} data-testid="provenance-steps">
      <Step icon={IconLanguage} title={t("provenance.understood")}>
        <Fact name={t("provenance.language")} value={languageOf(reply, t)} />
        <Fact name={t("provenance.answers")} value={rangeOf(reply, t)} />
      </Step>
      <Step icon={IconTemplate} title={t("provenance.considered")}>
        <Considered reply={reply} />
      </Step>
      <Step icon={IconSparkles} title={t("provenance.wrote")}>
        <Writer reply={reply} />
      </Step>
      <Step icon={IconCoins} title={t("provenance.spent")}>
        <Spent reply={reply} />
      </Step>
      {reply.checks.length > 0 && (
        <Step icon={IconCheck} title={t("provenance.checks")}>
          <Checks reply={reply} />
        </Step>
      )}
    </ol>
  );
}

function Step({ icon: StepIcon, title, children }: { icon: Icon; title: string; children: ReactNode }) {
  return (
    <li className={styles.step}>
      <span className={styles.stepIcon}>
        <StepIcon size={16} aria-hidden />
      </span>
      <div className={styles.stepBody}>
        <h3>{title}</h3>
        {children}
      </div>
    </li>
  );
}

function Fact({ name, value }: { name: string; value: ReactNode }) {
  return (
    <p className={styles.fact}>
      <span>{name}</span>
      <b>{value}</b>
    </p>
  );
}

function Considered({ reply }: { reply: Provenance }) {
  const { t } = useTranslation();
  if (reply.considered.length === 0) return <p className={styles.none}>{t("provenance.noTemplate")}</p>;
  return (
    <ul className={styles.bars}>
      {reply.considered.map(({ id, name, score }) => {
        const chosen = reply.source === "template" && reply.template?.id === id;
        const percent = Math.round(score * 100);
        return (
          <li key={id} data-chosen={chosen || undefined}>
            <span className={styles.barName}>
              {name}
              {chosen && <Chip tone="green">{t("provenance.chosen")}</Chip>}
            </span>
            <span className={styles.score}>{percent}</span>
            <Progress
              value={Math.min(100, percent)}
              size={6}
              color={chosen ? "green.7" : "gray.5"}
              aria-label={t("provenance.score", { name, percent })}
            />
          </li>
        );
      })}
    </ul>
  );
}

function Writer({ reply }: { reply: Provenance }) {
  const { t } = useTranslation();
  return (
    <>
      <Fact name={t("provenance.source")} value={reply.simulated ? t("claude.simulated") : t(`provenance.by.${reply.source}`)} />
      {reply.template && <Fact name={t("provenance.template")} value={reply.template.name} />}
      {reply.model && <Fact name={t("provenance.model")} value={reply.model} />}
      {reply.simulated && <p className={styles.simulated}>{t("claude.simulatedHint")}</p>}
    </>
  );
}

function Spent({ reply }: { reply: Provenance }) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language);
  const cost = new Intl.NumberFormat(i18n.language, { style: "currency", currency: "USD", maximumFractionDigits: 6 });
  return (
    <>
      <Fact name={t("provenance.time")} value={t("provenance.ms", { n: number.format(reply.latency_ms) })} />
      {reply.source === "claude" && (
        <>
          <Fact
            name={t("provenance.tokens")}
            value={t("provenance.tokenCount", { read: number.format(reply.input_tokens), written: number.format(reply.output_tokens) })}
          />
          <Fact name={t("provenance.cost")} value={cost.format(reply.cost_micro_usd / MICRO)} />
        </>
      )}
      {reply.source !== "claude" && <Fact name={t("provenance.cost")} value={t("provenance.free")} />}
    </>
  );
}

function Checks({ reply }: { reply: Provenance }) {
  const { t } = useTranslation();
  return (
    <ul className={styles.checks}>
      {reply.checks.map(({ name, passed, detail }) => (
        <li key={name} data-passed={passed || undefined}>
          {passed ? <IconCheck size={16} aria-label={t("provenance.passed")} /> : <IconX size={16} aria-label={t("provenance.notPassed")} />}
          <span>
            {checkName(name, t)}
            {detail && <small>{detail}</small>}
          </span>
        </li>
      ))}
    </ul>
  );
}

const checks = ["money", "percentages", "links"] as const;

function checkName(name: string, t: Translate): string {
  const known = checks.find((each) => each === name);
  return known ? t(`provenance.check.${known}`) : name.replaceAll("_", " ");
}

type Translate = ReturnType<typeof useTranslation>["t"];

function languageOf(reply: Provenance, t: Translate): string {
  const code = (["en", "ms", "zh"] as const).find((each) => each === reply.language);
  const name = code ? t(`language.name.${code}`) : (reply.language ?? t("provenance.unknown"));
  return reply.mixed ? t("provenance.mixed", { language: name }) : name;
}

function rangeOf({ answers_from_seq: from, answers_to_seq: to }: Provenance, t: Translate): string {
  const count = Math.max(1, to - from + 1);
  return t("provenance.messages", { count });
}
