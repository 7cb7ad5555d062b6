"""The public face: what `import planner` gives."""

from .api.batch.report import BatchReport as BatchReport
from .api.batch.run import batch as batch
from .api.check.check import CheckReport as CheckReport
from .api.check.check import check as check
from .api.covering import Coverage as Coverage
from .api.estimator import CapacitatedZones as CapacitatedZones
from .api.make import make_plan as make_plan
from .api.panel.show import panel as panel
from .api.people import people_of as people_of
from .api.plan import Plan as Plan
from .api.review.review import Review as Review
from .api.review.review import review as review
from .api.rezone.run import Changed as Changed
from .api.rezone.run import rezone as rezone
from .api.scenarios import Scenarios as Scenarios
from .api.scenarios import compare as compare
from .api.service.duty_cards import DutyCards as DutyCards
from .api.service.duty_cards import duty_cards as duty_cards
from .api.service.visits_due import Asked as Asked
from .api.service.visits_due import VisitsDue as VisitsDue
from .api.service.visits_due import visits_due as visits_due
from .api.service.wishing import TwoWay as TwoWay
from .api.service.wishing import two_way as two_way
from .api.service.year import YearReport as YearReport
from .api.service.year import year_report as year_report
from .api.site.adding import Addition as Addition
from .api.site.adding import add_to as add_to
from .api.site.site import Proposal as Proposal
from .api.site.site import site as site
from .api.visiting import VisitPlan as VisitPlan
from .api.visiting import visit_plan as visit_plan
from .api.zone import run as run
from .demand.ground import Ground as Ground
from .errors import (
    ConfigError as ConfigError,
)
from .errors import (
    DatumError as DatumError,
)
from .errors import (
    InfeasibleError as InfeasibleError,
)
from .errors import (
    InputError as InputError,
)
from .errors import (
    MissingExtraError as MissingExtraError,
)
from .errors import (
    NetworkError as NetworkError,
)
from .errors import (
    OutputError as OutputError,
)
from .errors import (
    PlannerError as PlannerError,
)
from .errors import (
    PrivacyError as PrivacyError,
)
from .errors import (
    SchemaError as SchemaError,
)
from .errors import (
    SheetError as SheetError,
)
from .intake.address.parse import (
    Address as Address,
)
from .intake.address.parse import (
    parse_address as parse_address,
)
from .intake.address.parse import (
    parse_addresses as parse_addresses,
)
from .intake.fences.read import read_fences as read_fences
from .intake.residents import read_households as read_households
from .intake.residents import read_members as read_members
from .model.inputs import Inputs as Inputs
from .model.problem import Problem as Problem
from .model.problem import ZoneRule as ZoneRule
from .model.project import Project as Project
from .model.project import Search as Search
from .model.rules import Bound as Bound
from .model.rules import RuleBook as RuleBook
from .model.rules import WalkLimit as WalkLimit
from .network.graph import WalkingNetwork as WalkingNetwork
from .network.straight import StraightNetwork as StraightNetwork
from .network.streets.osm import read_extract as read_extract
from .plan.compare import Comparison as Comparison
from .plan.lookup import Lookup as Lookup
from .solve.keeping import Keeping as Keeping

__version__: str
