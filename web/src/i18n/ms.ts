import core from "./ms.json";
import platform from "../platform/words.ms.json";
import team from "../team/words.ms.json";
import products from "../products/words.ms.json";
import imports from "../imports/words.ms.json";
import settings from "../settings/words.ms.json";
import onboarding from "../onboarding/words.ms.json";
import account from "../account/words.ms.json";
import apikeys from "../apikeys/words.ms.json";
import audit from "../audit/words.ms.json";
import signin from "../signin/words.ms.json";

/** The words of the whole app: what all areas share, and each area's own under its name. */
export default { ...core, platform, team, products, imports, settings, onboarding, account, apikeys, audit, signin };
